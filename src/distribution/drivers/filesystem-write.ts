import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { isFilled, isMissing } from "../../support/system-error.ts";
import type { NewFile, NewFolder, WriteOptions } from "./driver.ts";

export interface WritingPlace extends WriteOptions {
  /** Where a path lies. */
  readonly at: (path: string) => string;
  /** A place on the same disk where nobody looks, each time another. */
  readonly aside: () => string;
  readonly isThere: (place: string) => Promise<boolean>;
}

/**
 * Writes files aside; when all are whole and synced, they take their places, one after the other: a file, or with it
 * the folder that is new. A folder without its file, which a killed process would leave, is a tag without a manifest.
 */
export async function writeFiles(items: readonly (NewFile | NewFolder)[], place: WritingPlace): Promise<void> {
  const { at, durable = true } = place;
  const steps = (await Promise.all(items.map((item) => stepsFor(item, place)))).flat();
  try {
    await allOf(
      steps.flatMap((step) => step.files.map((file) => writeNew(drawnAt(step, at(file.path)), file, durable))),
    );
    const making = steps.map(({ target }) => makeFolder(dirname(target)).catch(unlessMissing));
    const folders = (await Promise.all(making)).flat();
    for (const step of steps) folders.push(...(await settle(step, at)));
    if (durable) await syncAll(folders);
  } catch (error) {
    await Promise.all(steps.map(({ draft }) => rm(draft, { recursive: true, force: true })));
    throw error;
  }
}

/** A file, or a folder with all its files, that takes its place at once. */
interface Step {
  readonly draft: string;
  readonly target: string;
  readonly files: readonly NewFile[];
}

async function stepsFor(item: NewFile | NewFolder, place: WritingPlace): Promise<readonly Step[]> {
  const { folder, files } = "folder" in item ? item : { folder: dirname(item.path), files: [item] };
  const { at, aside, isThere } = place;
  if (!(await isThere(at(folder)))) return [{ draft: aside(), target: at(folder), files }];
  if ("folder" in item) return (await Promise.all(files.map((file) => stepsFor(file, place)))).flat();
  return [{ draft: aside(), target: at(item.path), files }];
}

/** Where a file lies in the draft of its step. */
function drawnAt({ draft, target }: Step, path: string): string {
  return draft + path.slice(target.length);
}

async function writeNew(path: string, { bytes }: NewFile, durable: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "wx", 0o644);
  try {
    await writeAll(file, bytes);
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a draft its name; resolves to the folders that came with it, which a disk may still forget. */
async function settle(step: Step, at: WritingPlace["at"]): Promise<readonly string[]> {
  const { draft, target, files } = step;
  try {
    const above = await rename(draft, target).then(() => [], moveAgain(draft, target));
    return [...above, ...files.flatMap(({ path }) => foldersBetween(target, at(path)))];
  } catch (error) {
    if (!isFilled(error)) throw error;
  }
  // somebody made that folder meanwhile
  const folders: string[] = [];
  for (const file of files) {
    const path = at(file.path);
    folders.push(...(await moveIn(drawnAt(step, path), path)));
  }
  await rm(draft, { recursive: true, force: true });
  return folders;
}

/** Moves a file or folder to where its folder may be taken out at any time, as a tag is; that folder is made again. */
async function moveIn(from: string, to: string): Promise<readonly string[]> {
  for (let tries = 10; ; tries--) {
    try {
      const folders = await makeFolder(dirname(to));
      await rename(from, to);
      return folders;
    } catch (error) {
      if (tries === 0 || !isMissing(error)) throw error;
    }
  }
}

function moveAgain(from: string, to: string): (error: unknown) => Promise<readonly string[]> {
  return (error) => (isMissing(error) ? moveIn(from, to) : Promise.reject(error));
}

function foldersBetween(folder: string, path: string): readonly string[] {
  const found: string[] = [];
  for (let between = dirname(path); between.startsWith(folder); between = dirname(between)) found.push(between);
  return found;
}

/** A folder that somebody takes out while it is made: the file that needs it makes it again. */
function unlessMissing(error: unknown): readonly string[] {
  if (isMissing(error)) return [];
  throw error;
}

/** Waits for all, also where one fails: none is still at work afterwards. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}

export type OpenFile = Awaited<ReturnType<typeof open>>;

/** A write may take less than it was given. */
export async function writeAll(file: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done);
    done += bytesWritten;
  }
}

/** Makes a folder; resolves to it and, above it, every folder that came into being or has a new name in it. */
export async function makeFolder(folder: string): Promise<readonly string[]> {
  const topmost = await mkdir(folder, { recursive: true });
  const changed = [folder];
  if (topmost === undefined) return changed;
  for (let path = folder; path.startsWith(topmost); path = dirname(path)) changed.push(dirname(path));
  return changed;
}

/** Makes new names last; together, since a disk takes as long for one as for many. */
export async function syncAll(folders: readonly string[]): Promise<void> {
  const gone = (error: unknown) => (isMissing(error) ? undefined : Promise.reject(error)); // somebody took it out again
  await Promise.all([...new Set(folders)].map((folder) => sync(folder).catch(gone)));
}

export async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
