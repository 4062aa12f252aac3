import { type Dirent, readdirSync, type Stats, statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { asCompleted } from "../../support/as-completed.ts";
import { pooled } from "../../support/pool.ts";
import { swiftly } from "../../support/swift.ts";
import type { Walked, WalkOptions } from "./driver.ts";
import { factsIn } from "./facts-in.ts";
import { missing, unlessMissing } from "./missing.ts";

/** Tells of everything below a folder of a directory; folders are opened many at once. */
export async function* walkDirectory(
  directory: string,
  top: string,
  { known = () => undefined, facts = true, concurrency = 32, signal }: WalkOptions = {},
): AsyncGenerator<readonly Walked[]> {
  const waiting = [top]; // last in, first out: a broad tree does not wait as a whole
  const queue: Iterable<string> = { [Symbol.iterator]: () => ({ next: () => taken(waiting.pop()) }) };
  const { open, types, look } = lookingInto(directory);

  async function openFolder(folder: string): Promise<Opened> {
    const names = await open(folder);
    if (names === undefined) return { walked: [], folders: [] };
    const { files, folders } =
      allKnown(folder, names, known) ?? (await sorted(folder, await types(folder), { known, look }));
    const found = facts ? await look(files) : undefined;
    const walked = files.map((path, place): Walked => (found ? { path, facts: factsIn(found[place]) } : { path }));
    const there = facts ? walked.filter((one) => one.facts !== undefined) : walked;
    return { walked: [{ path: `${folder}/` }, ...there], folders };
  }
  for await (const { walked, folders } of asCompleted(queue, openFolder, { concurrency, signal })) {
    for (const folder of folders) waiting.push(folder);
    if (walked.length > 0) yield walked;
  }
}

interface Opened {
  readonly walked: readonly Walked[];
  readonly folders: readonly string[];
}

interface Looking {
  /** Undefined where the folder went meanwhile; every other error is thrown. */
  readonly open: (folder: string) => Promise<readonly string[] | undefined>;
  /** The same with what each name is, which takes several times as long. */
  readonly types: (folder: string) => Promise<readonly Dirent[]>;
  readonly look: (paths: readonly string[]) => Promise<readonly (Stats | undefined)[]>;
}

function lookingInto(directory: string): Looking {
  const either = swiftly();
  const statNow = (path: string) => statSync(path, { throwIfNoEntry: false });
  const at = (path: string) => `${directory}/${path}`;
  return {
    open: (folder) =>
      either<readonly string[] | undefined>({
        steps: 1,
        blocking: () => missing(() => readdirSync(at(folder))),
        waiting: () => unlessMissing(readdir(at(folder)), undefined),
      }),
    types: (folder) =>
      either<readonly Dirent[]>({
        steps: 1,
        blocking: () => missing(() => readdirSync(at(folder), { withFileTypes: true })) ?? [],
        waiting: () => unlessMissing(readdir(at(folder), { withFileTypes: true }), []),
      }),
    look: (paths) =>
      either({
        steps: paths.length,
        blocking: () => paths.map((path) => missing(() => statNow(at(path)))),
        waiting: () => pooled(paths, (path) => unlessMissing(stat(at(path)), undefined), { concurrency: 16 }),
      }),
  };
}

interface Sorting extends Pick<Looking, "look"> {
  readonly known: (folder: string) => readonly string[] | undefined;
}

interface Sorted {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** The files in a folder of folders of which each is known; undefined where one is not, and its kind matters. */
function allKnown(folder: string, names: readonly string[], known: Sorting["known"]): Sorted | undefined {
  const files: string[] = [];
  for (const name of names) {
    const path = `${folder}/${name}`;
    const inside = known(path);
    if (inside === undefined) return undefined;
    for (const file of inside) files.push(`${path}/${file}`);
  }
  return { files, folders: [] };
}

/** Tells files from folders; a folder of which it is known what it holds counts as those files. */
async function sorted(folder: string, entries: readonly Dirent[], { known, look }: Sorting): Promise<Sorted> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory() && !(entry.isSymbolicLink() && (await look([path]))[0]?.isDirectory())) {
      files.push(path);
      continue;
    }
    const inside = known(path);
    if (inside === undefined) folders.push(path);
    else for (const name of inside) files.push(`${path}/${name}`);
  }
  return { files, folders };
}

function taken(folder: string | undefined): IteratorResult<string> {
  return folder === undefined ? { done: true, value: undefined } : { done: false, value: folder };
}
