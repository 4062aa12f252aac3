import { isLoopback } from "../../registry/hosts.ts";
import type { RepositoryName } from "../../registry/names.ts";
import type { RegistryAddress } from "../../registry/reference.ts";
import type { Clock } from "../../support/clock.ts";
import { lockRepositories } from "../../untag/locking.ts";
import type { Session } from "../session.ts";

interface HoldingOptions {
  /** The folders in which repositories are locked on this machine. */
  readonly locks: readonly string[];
  /** Milliseconds to wait for another operation on the same repository. */
  readonly wait: number;
  readonly clock: Pick<Clock, "sleep">;
  readonly signal?: AbortSignal;
}

/**
 * Runs work while holding this machine's locks on these repositories. Throws `LOCKED` where they are not free within
 * `wait`.
 */
export async function holding<Result>(
  { address }: Pick<Session, "address">,
  repositories: readonly { readonly repository: RepositoryName }[],
  { locks, wait, clock, signal }: HoldingOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const names = repositories.map(({ repository }) => repository);
  const registry = lockedAs(address);
  const options = { directories: locks, registry, wait, sleep: clock.sleep, ...(signal && { signal }) };
  const lock = await lockRepositories(names, options);
  return work().finally(() => lock.release());
}

/** The name under which a registry is locked: at all names of this machine, one port is taken for one registry. */
function lockedAs({ origin: { host, hostname, port } }: RegistryAddress): string {
  return isLoopback(hostname) ? `localhost:${port}` : host;
}
