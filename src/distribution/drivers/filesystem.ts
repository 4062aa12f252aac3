import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pooled } from "../../support/pool.ts";
import { swiftly } from "../../support/swift.ts";
import type { DriverOptions, StorageDriver } from "./driver.ts";
import { factsIn } from "./facts-in.ts";
import { walkDirectory } from "./filesystem-walk.ts";
import { missing, statUnlessMissing, unlessMissing } from "./missing.ts";
import { readInThread } from "./reading-thread.ts";
import { readSmall, readSmallLater } from "./small-files.ts";

/** So many files that it pays to have a thread read them. */
const worthThread = 128;

/** Outside of distribution's tree, so that neither a registry nor a collector meets what is on its way out. */
const leaving = ".tagwise-deleted";

/** Keeps files in a directory. */
export function filesystemDriver(directory: string, { concurrency = 32 }: DriverOptions = {}): StorageDriver {
  const at = (path: string) => `${directory}/${path}`;
  const either = swiftly();
  return {
    hasFolders: true,
    ahead: () => 0,
    list: (folder) => unlessMissing(readdir(at(folder)), []),
    stat: async (path) => factsIn(await unlessMissing(stat(at(path)), undefined)),
    read: (path) => unlessMissing(readFile(at(path)), undefined),
    async *stream(path, { first = 0, last = Number.POSITIVE_INFINITY } = { first: 0 }) {
      yield* createReadStream(at(path), { start: first, end: last, highWaterMark: 256 * 1024 });
    },
    async write(files, { durable = true } = {}) {
      const staged = files.map(({ path, bytes }) => ({ target: at(path), temporary: temporaryFor(at(path)), bytes }));
      try {
        const folders = await Promise.all(staged.map((file) => stage(file, durable)));
        for (const { temporary, target } of staged) await rename(temporary, target);
        if (durable) await syncAll(folders.flat());
      } catch (error) {
        await Promise.all(staged.map(({ temporary }) => rm(temporary, { force: true })));
        throw error;
      }
    },
    async append(path, content) {
      await mkdir(dirname(at(path)), { recursive: true });
      const file = await open(at(path), "a");
      let { size } = await file.stat();
      try {
        for await (const chunk of content) {
          await writeAll(file, chunk);
          size += chunk.length;
        }
      } catch (error) {
        // a disk that is full has taken a part, and whoever goes on counts whole chunks
        await file.truncate(size).catch(() => {});
        throw error;
      } finally {
        await file.close();
      }
    },
    async move(from, to) {
      const folders = await makeFolder(dirname(at(to)));
      await sync(at(from));
      await rename(at(from), at(to));
      await syncAll(folders);
    },
    async delete(path, { durable = true } = {}) {
      // a folder that others read is gone in one step; it is taken apart where nobody looks
      await mkdir(at(leaving), { recursive: true });
      const target = join(at(leaving), randomUUID());
      const wasThere = await unlessMissing(
        rename(at(path), target).then(() => true),
        false,
      );
      if (wasThere) {
        if (durable) await sync(dirname(at(path)));
        await rm(target, { recursive: true, force: true });
      }
      return wasThere;
    },
    readAll: (paths) =>
      either<readonly (Uint8Array | undefined)[]>({
        steps: paths.length,
        blocking: () =>
          paths.length < worthThread
            ? paths.map((path) => missing(() => readSmall(at(path))))
            : readInThread(paths.map(at)),
        waiting: () => pooled(paths, (path) => unlessMissing(readSmallLater(at(path)), undefined), { concurrency }),
      }),
    statAll: (paths) =>
      either({
        steps: paths.length,
        blocking: () => paths.map((path) => factsIn(statUnlessMissing(at(path)))),
        waiting: () =>
          pooled(paths, async (path) => factsIn(await unlessMissing(stat(at(path)), undefined)), { concurrency }),
      }),
    walk: (folder, options) => walkDirectory(directory, folder, { ...options, concurrency }),
    async moveAll(moves) {
      const moved = await pooled(moves, ({ from, to }) => moveFile(at(from), at(to)), { concurrency });
      return moves.filter((_, place) => moved[place]);
    },
    async deleteAll(paths) {
      await pooled(paths, (path) => unlessMissing(unlink(at(path)), undefined), { concurrency });
    },
    prune: (folder) => prune(at(folder)),
  };
}

async function prune(folder: string): Promise<void> {
  const entries = await unlessMissing(readdir(folder, { withFileTypes: true }), []);
  await pooled(
    entries.filter((entry) => entry.isDirectory()),
    (entry) => prune(join(folder, entry.name)),
  );
  // the system itself refuses to remove a folder that is not empty
  await unlessMissing(rmdir(folder), undefined).catch(unlessFilled);
}

function unlessFilled(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
}

/** False where there was no such file. */
async function moveFile(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true });
  return unlessMissing(
    rename(from, to).then(() => true),
    false,
  );
}

type OpenFile = Awaited<ReturnType<typeof open>>;

interface Staged {
  readonly target: string;
  readonly temporary: string;
  readonly bytes: Uint8Array;
}

/** Writes a file beside its place; resolves to the folders that must be synced when it has its name. */
async function stage({ target, temporary, bytes }: Staged, durable: boolean): Promise<readonly string[]> {
  const folders = await makeFolder(dirname(target));
  const file = await open(temporary, "wx", 0o644);
  try {
    await writeAll(file, bytes);
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
  return folders;
}

/** distribution 3 names its own temporary files so, and everybody passes over them. */
function temporaryFor(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

/** A write may take less than it was given. */
async function writeAll(file: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done);
    done += bytesWritten;
  }
}

/** Makes a folder; resolves to it and, above it, every folder that came into being or has a new name in it. */
async function makeFolder(folder: string): Promise<readonly string[]> {
  const topmost = await mkdir(folder, { recursive: true });
  const changed = [folder];
  if (topmost === undefined) return changed;
  for (let path = folder; path.startsWith(topmost); path = dirname(path)) changed.push(dirname(path));
  return changed;
}

/** Makes new names last; together, since a disk takes as long for one as for many. */
async function syncAll(folders: readonly string[]): Promise<void> {
  await Promise.all([...new Set(folders)].map(sync));
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
