import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isUlid } from "../support/ulid.ts";
import type { Intent, Journal, JournalStep, Operation, Unreadable } from "./journal.ts";
import { formatIntent, formatStep, parseIntent, parseStep } from "./journal-text.ts";

/** What a journal needs of a disk, so that a full one can be tried. */
export interface Disk {
  /** Writes a new file whole and synced, or not at all. */
  create(path: string, text: string): Promise<void>;
  /** Adds to a file and syncs it. */
  append(path: string, text: string): Promise<void>;
}

/** A directory with one file an operation: a line that says everything, then a line a step. */
export function journalIn(directory: string, disk: Disk = syncedDisk): Journal {
  const pathOf = (operation: string) => join(directory, `${operation}.jsonl`);

  async function readOne(operation: string): Promise<Operation | Unreadable | undefined> {
    const text = await readFile(pathOf(operation), "utf8").catch((error) => unlessMissing(error));
    if (text === undefined) return undefined;
    try {
      return parseOperation(text);
    } catch (error) {
      return { file: pathOf(operation), why: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    async begin(intent) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await disk.create(pathOf(intent.operation), `${formatIntent(intent)}\n`);
    },
    record: (operation, step) => disk.append(pathOf(operation), `${formatStep(step)}\n`),
    async read(operation) {
      if (!isUlid(operation)) return undefined;
      const found = await readOne(operation);
      if (found !== undefined && "why" in found) throw new Error(`cannot read ${found.file}: ${found.why}`);
      return found;
    },
    async list() {
      const names = await readdir(directory).catch((error) => unlessMissing(error));
      const ids = (names ?? [])
        .filter((name) => name.endsWith(".jsonl") && isUlid(name.slice(0, -6)))
        .map((name) => name.slice(0, -6));
      const found = await Promise.all(ids.sort().reverse().map(readOne));
      return {
        operations: found.filter((one): one is Operation => one !== undefined && "steps" in one),
        unreadable: found.filter((one): one is Unreadable => one !== undefined && "why" in one),
      };
    },
  };
}

function parseOperation(text: string): Operation {
  const [first = "", ...rest] = text.split("\n");
  const intent: Intent = parseIntent(first);
  // the last line may be cut off: the step it tells of was then not begun
  const steps = rest.flatMap((line, index): JournalStep[] => {
    if (line === "") return [];
    const step = parseStep(line);
    if (step === undefined && index < rest.length - 1) throw new Error(`line ${index + 2} is damaged`);
    return step === undefined ? [] : [step];
  });
  return { ...intent, steps };
}

const syncedDisk: Disk = {
  async create(path, text) {
    const draft = `${path}.tmp`;
    try {
      await withFile(draft, "wx", async (file) => {
        await file.writeFile(text);
        await file.sync();
      });
      await rename(draft, path);
      await withFile(join(path, ".."), "r", (directory) => directory.sync()).catch(() => {}); // not every system syncs a directory
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  },
  append: (path, text) =>
    withFile(path, "a", async (file) => {
      await file.appendFile(text);
      await file.sync();
    }),
};

async function withFile(path: string, flags: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}
