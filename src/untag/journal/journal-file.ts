import { randomUUID } from "node:crypto";
import { type FileHandle, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../support/make-folder.ts";
import { messageOf } from "../../support/message-of.ts";
import { pooled } from "../../support/pool.ts";
import { isMissing } from "../../support/system-error.ts";
import { isUlid, ulid, ulidAfter } from "../../support/ulid.ts";
import type { Intent, Journal, JournalStep, Operation, Unreadable } from "./journal.ts";
import { formatIntent, formatStep, parseIntent, parseStep } from "./journal-text.ts";

/** The disk operations of a journal, passed in so that a test can let the disk be full. */
export interface Disk {
  /** Writes a new file whole and synced, or not at all. */
  create(path: string, text: string): Promise<void>;
  /** Adds to a file and syncs it. */
  append(path: string, text: string): Promise<void>;
}

/**
 * A journal in a directory: one JSON Lines file an operation, whose first line holds the intent and every other line a
 * step.
 */
export function journalIn(directory: string, disk: Disk = syncedDisk): Journal {
  const pathOf = (operation: string) => join(directory, `${operation}.jsonl`);

  async function readOne(operation: string): Promise<Operation | Unreadable | undefined> {
    try {
      const text = await readFile(pathOf(operation), "utf8").catch(unlessMissing);
      if (text === undefined) return undefined;
      const found = parseOperation(text);
      if (found.operation !== operation) throw new Error(`it is operation ${found.operation} by another name`);
      return found;
    } catch (error) {
      return { file: pathOf(operation), why: messageOf(error) };
    }
  }

  /** The names of all operations, the oldest first. */
  async function ids(): Promise<string[]> {
    const names = await readdir(directory).catch(unlessMissing);
    const files = (names ?? []).filter((name) => name.endsWith(".jsonl"));
    return files
      .map((name) => name.slice(0, -6))
      .filter(isUlid)
      .sort();
  }

  return {
    async name(at, random) {
      const path = join(directory, `check-${randomUUID()}`);
      await makeFolder(directory, 0o700);
      await disk.create(path, "\n".repeat(4096)); // a full disk may still create an empty file
      await rm(path, { force: true });
      const newest = (await ids()).at(-1);
      return newest === undefined ? ulid(at.getTime(), random) : ulidAfter(newest, at.getTime(), random);
    },
    async begin(intent) {
      await makeFolder(directory, 0o700);
      await disk.create(pathOf(intent.operation), `${formatIntent(intent)}\n`);
    },
    record: (operation, step) => disk.append(pathOf(operation), `${formatStep(step)}\n`),
    async read(operation) {
      if (!isUlid(operation)) return undefined;
      const found = await readOne(operation);
      if (found !== undefined && "why" in found) throw new Error(`cannot read ${found.file}: ${found.why}`);
      return found;
    },
    async list({ after = "" } = {}) {
      const chosen = (await ids()).filter((id) => id > after).reverse();
      const found = await pooled(chosen, readOne, { concurrency: 16 }); // each read holds a file open
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
  // text after the last newline is a line that was cut off while written: its step was not begun
  const steps = rest.flatMap((line, index): JournalStep[] => {
    if (index === rest.length - 1) return [];
    const step = parseStep(line);
    if (step === undefined) throw new Error(`line ${index + 2} is damaged`);
    return [step];
  });
  return { ...intent, steps };
}

/** The real disk, synced: when a call resolves, what it wrote survives a power failure. */
export const syncedDisk: Disk = {
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
    withFile(path, "r+", async (file) => {
      const end = await endOfWholeLines(file);
      await file.truncate(end);
      try {
        await writeAt(file, Buffer.from(text), end);
        await file.sync();
      } catch (error) {
        await file.truncate(end).catch(() => {}); // half a line would spoil the next one
        throw error;
      }
    }),
};

/**
 * The offset after the last whole line. A cut-off line was never acknowledged, and a line appended to it could not be
 * read.
 */
async function endOfWholeLines(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const piece = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0; end -= piece.length) {
    const start = Math.max(0, end - piece.length);
    const { bytesRead } = await file.read(piece, 0, end - start, start);
    const newline = piece.subarray(0, bytesRead).lastIndexOf("\n");
    if (newline >= 0) return start + newline + 1;
  }
  throw new Error("the journal's file has no whole line");
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

async function withFile(path: string, flags: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
