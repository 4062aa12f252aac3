import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { makeFolderNow } from "./make-folder-now.ts";
import { type Entry, openPack, type Pack, type PackOptions } from "./pack.ts";

/**
 * A cache of bytes on a disk. It never throws: what cannot be read counts as absent, what cannot be written is not
 * kept.
 */
export interface DiskCache {
  get(key: string): Uint8Array | undefined;
  set(key: string, bytes: Uint8Array): void;
}

/** How large a cache may become. */
export interface DiskCacheOptions {
  /** The most bytes on the disk; 256 MiB by default. The least recently used entries are removed first. */
  readonly limit?: number;
}

const packs = 16;

/**
 * A cache in a folder of its own that several processes may share. It is synchronous, since reading an entry takes a
 * tenth of a round trip through Node's thread pool.
 */
export function diskCache(directory: string, { limit = 256 * 1024 * 1024 }: DiskCacheOptions = {}): DiskCache {
  const largest = limit / packs;
  const noteUsesFrom = largest / 2;
  const open = new Map<string, Pack>();

  function packFor(key: string): { readonly file: string; readonly pack: Pack } {
    const file = join(directory, `${(crc32(key) % packs).toString(16)}.pack`);
    const known = open.get(file);
    if (known !== undefined) return { file, pack: known };
    makeFolderNow(directory, 0o700);
    const pack = openPack(file, { noteUsesFrom });
    open.set(file, pack);
    return { file, pack };
  }

  function close(file: string): void {
    open.get(file)?.close();
    open.delete(file);
  }

  return {
    get: (key) => quietly(() => packFor(key).pack.get(key)),
    set(key, bytes) {
      if (bytes.length === 0 || bytes.length > largest / 4) return;
      quietly(() => {
        const { file, pack } = packFor(key);
        if (pack.status().isReplaced) close(file);
        if (packFor(key).pack.has(key)) return;
        if (packFor(key).pack.status().size + bytes.length > largest) {
          shrink(file, packFor(key).pack, { size: largest / 2, noteUsesFrom });
          close(file);
        }
        packFor(key).pack.append(key, bytes);
      });
    },
  };
}

/** Replaces a pack by a smaller one with the entries that were used last. */
function shrink(file: string, pack: Pack, { size, ...options }: PackOptions & { readonly size: number }): void {
  removeLeftovers(file);
  const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  const smaller = openPack(temporary, options);
  try {
    for (const [key, bytes] of newest(pack.entries(), size)) smaller.append(key, bytes);
    renameSync(temporary, file);
  } finally {
    smaller.close();
    rmSync(temporary, { force: true });
  }
}

/** The last entries of the list whose sizes add up to at most `size` bytes. */
function newest(entries: readonly Entry[], size: number): readonly Entry[] {
  let start = entries.length;
  for (let left = size; start > 0; start--) {
    left -= entries[start - 1]?.[1].length ?? 0;
    if (left < 0) break;
  }
  return entries.slice(start);
}

/** Removes drafts, older than an hour, of processes that ended while they shrank a pack. */
function removeLeftovers(file: string): void {
  const folder = join(file, "..");
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".tmp"))) {
    const leftover = join(folder, name);
    if (Date.now() - statSync(leftover).mtimeMs > 3_600_000) rmSync(leftover, { force: true });
  }
}

function quietly<Value>(task: () => Value): Value | undefined {
  try {
    return task();
  } catch {
    return undefined; // a full, broken or forbidden disk only costs time
  }
}
