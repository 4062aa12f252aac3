import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StorageDriver } from "./driver.ts";

/** Outside of distribution's tree, so that neither a registry nor a collector meets what is on its way out. */
const leaving = ".tagwise-deleted";

/** Keeps files in a directory. */
export function filesystemDriver(directory: string): StorageDriver {
  const at = (path: string) => join(directory, path);
  return {
    list: (folder) => unlessMissing(readdir(at(folder)), []),
    async stat(path) {
      const found = await unlessMissing(stat(at(path)), undefined);
      return found?.isFile() ? { size: found.size, modified: found.mtime } : undefined;
    },
    read: (path) => unlessMissing(readFile(at(path)), undefined),
    async *stream(path, { first = 0, last = Number.POSITIVE_INFINITY } = { first: 0 }) {
      yield* createReadStream(at(path), { start: first, end: last, highWaterMark: 256 * 1024 });
    },
    async write(path, bytes, { durable = true } = {}) {
      const topmost = await mkdir(dirname(at(path)), { recursive: true });
      const temporary = `${at(path)}.${randomUUID()}.tmp`; // distribution 3 names its own so, and all ignore them
      try {
        await writeNew(temporary, bytes, durable);
        await rename(temporary, at(path));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      if (durable) await syncFolders(dirname(at(path)), topmost);
    },
    async append(path, content) {
      await mkdir(dirname(at(path)), { recursive: true });
      const file = await open(at(path), "a");
      try {
        for await (const chunk of content) await writeAll(file, chunk);
      } finally {
        await file.close();
      }
    },
    async move(from, to) {
      const topmost = await mkdir(dirname(at(to)), { recursive: true });
      await sync(at(from));
      await rename(at(from), at(to));
      await syncFolders(dirname(at(to)), topmost);
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
  };
}

type OpenFile = Awaited<ReturnType<typeof open>>;

async function writeNew(path: string, bytes: Uint8Array, durable: boolean): Promise<void> {
  const file = await open(path, "wx", 0o644);
  try {
    await writeAll(file, bytes);
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
}

/** A write may take less than it was given. */
async function writeAll(file: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done);
    done += bytesWritten;
  }
}

/** Makes a new name last, and with it every folder that came into being for it: `topmost` and those below. */
async function syncFolders(folder: string, topmost: string | undefined): Promise<void> {
  await sync(folder);
  if (topmost !== undefined && folder.startsWith(topmost)) await syncFolders(dirname(folder), topmost);
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function unlessMissing<Value, Fallback>(promise: Promise<Value>, fallback: Fallback): Promise<Value | Fallback> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) {
      return fallback;
    }
    throw error;
  }
}
