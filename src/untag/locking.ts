import { createHash } from "node:crypto";
import { RegistryError } from "../registry/errors.ts";
import type { RepositoryName } from "../registry/names.ts";
import { type Holder, holderInWords, type Lock, tryLocks } from "../support/lock.ts";

interface LockOptions {
  /** The lock folders of this user; see `Places`. */
  readonly directories: readonly string[];
  /** Canonical host of the registry. */
  readonly registry: string;
  /** Milliseconds to wait for another operation on the same repository. */
  readonly wait: number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly signal?: AbortSignal;
}

/**
 * Locks all the repositories or none, always in the same order, so that two operations cannot deadlock. Throws `LOCKED`
 * after the wait.
 */
export async function lockRepositories(repositories: readonly RepositoryName[], options: LockOptions): Promise<Lock> {
  const locks: Lock[] = [];
  const release = async () => {
    await Promise.all(locks.map((lock) => lock.release()));
  };
  try {
    for (const repository of [...new Set(repositories)].sort()) locks.push(await lockOne(repository, options));
    return { release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function lockOne(
  repository: RepositoryName,
  { directories, registry, wait, sleep, signal }: LockOptions,
): Promise<Lock> {
  const name = createHash("sha256").update(`${registry}/${repository}`).digest("hex").slice(0, 32);
  for (let waited = 0; ; waited += 100) {
    signal?.throwIfAborted();
    const lock = await tryLocks({ directories, name });
    if ("release" in lock) return lock;
    if (waited >= wait) throw busy(repository, lock);
    await sleep(100);
  }
}

function busy(repository: RepositoryName, holder: Holder): RegistryError {
  return new RegistryError("LOCKED", `another tagwise is at work on ${repository} (${holderInWords(holder)})`, {
    said: "BUSY",
    next: `wait for it with --wait 30s; if that host is gone for good, remove ${holder.file}`,
  });
}
