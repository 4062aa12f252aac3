import { join } from "node:path";
import { filesystemDriver } from "../../distribution/drivers/filesystem.ts";
import { removeServersLeftovers } from "../../distribution/leftovers.ts";
import { ownFolder, serversPassing } from "../../distribution/own-paths.ts";
import { distributionRegistry } from "../../distribution/registry.ts";
import { memoryRegistry } from "../../memory/memory.ts";
import { RegistryError } from "../../registry/errors.ts";
import type { Registry } from "../../registry/registry.ts";
import { holderInWords, type Lock, tryLock } from "../../support/lock.ts";
import { makeFolder } from "../../support/make-folder.ts";

/** A storage opened for serving; `release` gives up its lock. */
export interface ServedStorage {
  readonly store: Registry;
  release(): Promise<void>;
}

/** Which storage is served, and how. */
export interface StorageOptions {
  /** A directory in distribution's layout, kept from all other servers that write to it; memory without it. */
  readonly storage?: string;
  readonly readOnly?: boolean;
}

/** Throws `LOCKED` where another server writes to that storage, and the system's error where nobody can. */
export async function servedStorage({ storage, readOnly }: StorageOptions): Promise<ServedStorage> {
  if (storage === undefined) return { store: memoryRegistry(), release: async () => {} };
  await makeFolder(storage);
  if (readOnly) return { store: distributionRegistry(storage), release: async () => {} };
  const { release } = await hold(storage);
  const driver = filesystemDriver(storage, { passing: serversPassing });
  try {
    await removeServersLeftovers(driver);
    return { store: distributionRegistry(driver), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * One server writes at a time: a deletion by one would leave the tags that another pushes without their manifest. The
 * lock lies in the storage, where every server meets it, and whoever may not write there finds out before a push does.
 */
async function hold(storage: string): Promise<Lock> {
  const lock = await tryLock({ directory: join(storage, ownFolder), name: "serving", isShared: true });
  if ("release" in lock) return lock;
  throw new RegistryError("LOCKED", `${storage} is served by another tagwise (${holderInWords(lock)})`, {
    said: "BUSY",
    next: `end that one first, or serve this one --read-only; if its host is gone for good, remove ${lock.file}`,
    status: 503,
  });
}
