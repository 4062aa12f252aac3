import { type Dirent, readdirSync, type Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { asCompleted, lastInFirstOut } from "../../support/as-completed.ts";
import { pooled } from "../../support/pool.ts";
import { swiftly } from "../../support/swift.ts";
import type { KnownFolders, Walked, WalkOptions } from "./driver.ts";
import { factsIn } from "./facts-in.ts";
import { missing, statUnlessMissing, unlessMissing } from "./missing.ts";

/** Yields everything below a folder of a directory; many folders are opened at the same time. */
export async function* walkDirectory(
  directory: string,
  top: string,
  { known = () => undefined, facts = true, concurrency, signal }: WalkOptions & { readonly concurrency: number },
): AsyncGenerator<readonly Walked[]> {
  const waiting = [top]; // last in, first out: a broad tree does not wait as a whole
  const looking = lookingInto(directory, concurrency);

  async function openFolder(folder: string): Promise<Opened> {
    const opened = await contentsOf(folder, looking, known(folder));
    if (opened === undefined) return { walked: [], folders: [] };
    const { files, folders } = opened;
    const found = facts ? await looking.look(files) : undefined;
    const walked = files.map((path, place): Walked => (found ? { path, facts: factsIn(found[place]) } : { path }));
    const there = facts ? walked.filter((one) => one.facts !== undefined) : walked;
    return { walked: [{ path: `${folder}/` }, ...there], folders };
  }
  for await (const { walked, folders } of asCompleted(lastInFirstOut(waiting), openFolder, { concurrency, signal })) {
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
  readonly names: (folder: string) => Promise<readonly string[] | undefined>;
  /** The same with what each name is, which takes several times as long. */
  readonly entries: (folder: string) => Promise<readonly Dirent[] | undefined>;
  readonly look: (paths: readonly string[]) => Promise<readonly (Stats | undefined)[]>;
}

function lookingInto(directory: string, concurrency: number): Looking {
  const either = swiftly();
  const at = (path: string) => `${directory}/${path}`;
  return {
    names: (folder) =>
      either<readonly string[] | undefined>({
        steps: 1,
        blocking: () => missing(() => readdirSync(at(folder))),
        waiting: () => unlessMissing(readdir(at(folder)), undefined),
      }),
    entries: (folder) =>
      either<readonly Dirent[] | undefined>({
        steps: 1,
        blocking: () => missing(() => readdirSync(at(folder), { withFileTypes: true })),
        waiting: () => unlessMissing(readdir(at(folder), { withFileTypes: true }), undefined),
      }),
    look: (paths) =>
      either({
        steps: paths.length,
        blocking: () => paths.map((path) => statUnlessMissing(at(path))),
        waiting: () => pooled(paths, (path) => unlessMissing(stat(at(path)), undefined), { concurrency }),
      }),
  };
}

interface Contents {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** The files and folders in a folder. Where all names are known folders, their types need not be read. */
async function contentsOf(
  folder: string,
  { names, entries, look }: Looking,
  known: KnownFolders | undefined,
): Promise<Contents | undefined> {
  const isKnown = (name: string) => known?.isKnown(name) === true;
  const named = known && (await names(folder));
  if (named?.every(isKnown)) return { files: filesIn(folder, named, known), folders: [] };
  const all = await entries(folder);
  if (all === undefined) return undefined;
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of all) {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory() && !(entry.isSymbolicLink() && (await look([path]))[0]?.isDirectory())) files.push(path);
    else if (isKnown(entry.name)) files.push(...filesIn(folder, [entry.name], known));
    else folders.push(path);
  }
  return { files, folders };
}

function filesIn(folder: string, names: readonly string[], known: KnownFolders | undefined): readonly string[] {
  const found: string[] = [];
  for (const name of names) for (const file of known?.files ?? []) found.push(`${folder}/${name}/${file}`);
  return found;
}
