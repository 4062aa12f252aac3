import { createHash } from "node:crypto";
import { mkdtemp, realpath, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { distributionRegistry } from "../../distribution/registry.ts";
import { memoryRegistry } from "../../memory/memory.ts";
import { RegistryError } from "../../registry/errors.ts";
import type { Registry } from "../../registry/registry.ts";
import { holderInWords, type Lock, tryLocks } from "../../support/lock.ts";
import { makeFolder } from "../../support/make-folder.ts";

/** What a server serves, for as long as it does. */
export interface ServedStorage {
  readonly store: Registry;
  release(): Promise<void>;
}

export interface StorageOptions {
  /** A directory in distribution's layout; memory without it. */
  readonly storage?: string;
  /** The folder in which a storage is kept from other servers that write to it; without it nothing is. */
  readonly locks?: readonly string[];
  readonly readOnly?: boolean;
}

/** Throws `LOCKED` where another server writes to that storage, and the system's error where nobody can. */
export async function servedStorage({ storage, locks, readOnly }: StorageOptions): Promise<ServedStorage> {
  if (storage === undefined) return { store: memoryRegistry(), release: async () => {} };
  await makeFolder(storage);
  if (!readOnly) await rmdir(await mkdtemp(join(storage, ".tagwise-"))); // a push must not be the first to find out
  const lock = readOnly || locks === undefined ? undefined : await hold(storage, locks);
  return { store: distributionRegistry(storage), release: async () => lock?.release() };
}

/** One server writes at a time: a deletion by one would leave the tags that another pushes without their manifest. */
async function hold(storage: string, locks: readonly string[]): Promise<Lock> {
  const mark = createHash("sha256").update(await realpath(storage));
  const lock = await tryLocks({ directories: locks, name: `served-${mark.digest("hex").slice(0, 32)}` });
  if ("release" in lock) return lock;
  throw new RegistryError("LOCKED", `${storage} is served by another tagwise (${holderInWords(lock)})`, {
    said: "BUSY",
    next: `end that one first, or serve this one --read-only; if its host is gone for good, remove ${lock.file}`,
    status: 503,
  });
}
