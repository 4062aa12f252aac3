import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pooled } from "../../support/pool.ts";
import { swiftly } from "../../support/swift.ts";
import { isFilled } from "../../support/system-error.ts";
import { ulid } from "../../support/ulid.ts";
import { othersPassing } from "../own-paths.ts";
import type { DriverOptions, StorageDriver } from "./driver.ts";
import { factsIn } from "./facts-in.ts";
import { walkDirectory } from "./filesystem-walk.ts";
import { makeFolder, sync, syncAll, writeAll, writeFiles } from "./filesystem-write.ts";
import { missing, statUnlessMissing, unlessMissing } from "./missing.ts";
import { readInThread } from "./reading-thread.ts";
import { readSmall, readSmallLater } from "./small-files.ts";

/** So many files that it pays to have a thread read them. */
const worthThread = 128;

export interface FilesystemOptions extends DriverOptions {
  /**
   * Where lies what is on its way in or out, outside of what a registry or a collector walks; each name there begins
   * with its time.
   */
  readonly passing?: string;
}

/** Keeps files in a directory. */
export function filesystemDriver(
  directory: string,
  { concurrency = 32, passing = othersPassing }: FilesystemOptions = {},
): StorageDriver {
  const at = (path: string) => `${directory}/${path}`;
  const aside = () => at(`${passing}/${ulid(Date.now(), randomBytes(16))}`);
  const either = swiftly();
  const isThere = (place: string) =>
    either({
      steps: 1,
      blocking: () => statUnlessMissing(place) !== undefined,
      waiting: async () => (await unlessMissing(stat(place), undefined)) !== undefined,
    });
  return {
    hasFolders: true,
    ahead: () => 0,
    list: (folder) => unlessMissing(readdir(at(folder)), []),
    stat: async (path) => factsIn(await unlessMissing(stat(at(path)), undefined)),
    read: (path) => unlessMissing(readFile(at(path)), undefined),
    async *stream(path, { first = 0, last = Number.POSITIVE_INFINITY } = { first: 0 }) {
      yield* createReadStream(at(path), { start: first, end: last, highWaterMark: 256 * 1024 });
    },
    write: (files, options) => writeFiles(files, { at, aside, isThere, ...options }),
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
      await sync(at(from));
      const folders = await makeFolder(dirname(at(to)));
      await rename(at(from), at(to));
      await syncAll(folders);
    },
    async delete(path, { durable = true } = {}) {
      // a folder that others read is gone in one step; it is taken apart where nobody looks
      await mkdir(at(passing), { recursive: true });
      const target = aside();
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

function unlessFilled(error: unknown): void {
  if (!isFilled(error)) throw error;
}

/** False where there was no such file. */
async function moveFile(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true });
  return unlessMissing(
    rename(from, to).then(() => true),
    false,
  );
}
