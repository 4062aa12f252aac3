import { RegistryError } from "../registry/errors.ts";
import type { RepositoryReport } from "../untag/carry-out.ts";
import { type Operation, outcomesOf, stateOf } from "../untag/journal.ts";
import { lockRepositories } from "../untag/locking.ts";
import { recoverOperation } from "../untag/recover.ts";
import type { RecoverOptions, Remnant } from "./find-remnants.ts";
import type { Session } from "./session.ts";

/** Finishes, or rolls back, what is left; each operation under the lock of its repositories. */
export async function recoverAll(
  session: Session,
  remnants: readonly Remnant[],
  options: RecoverOptions,
): Promise<readonly RepositoryReport[]> {
  const reports: RepositoryReport[] = [];
  const { operations } = await options.journal.list();
  for (const operation of new Set(remnants.map((remnant) => remnant.operation))) {
    if (operation === undefined) continue;
    const repositories = operation.repositories.map(({ repository }) => repository);
    const lock = await lockRepositories(repositories, {
      ...options,
      directory: options.locks,
      registry: session.address.host,
      sleep: options.clock.sleep,
    });
    try {
      const current = (await options.journal.read(operation.operation)) ?? (await adopt(operation, options));
      if (stateOf(current) !== "open") continue; // whoever held the lock has ended it
      const since = operations.filter(({ at, operation: id }) => at > current.at && id !== current.operation);
      const removed = new Set(
        since
          .flatMap(outcomesOf)
          .flatMap(({ repository, tag, outcome }) => (outcome === "removed" ? [`${repository}:${tag}`] : [])),
      );
      reports.push(
        ...(await recoverOperation(current, {
          ...options,
          registry: session.registry,
          record: (id, step) => options.journal.record(id, step),
          removedSince: (repository, tag) => removed.has(`${repository}:${tag}`),
        })),
      );
    } finally {
      await lock.release();
    }
  }
  return reports;
}

async function adopt(operation: Operation, { journal }: RecoverOptions): Promise<Operation> {
  await journal.begin(operation);
  for (const step of operation.steps) await journal.record(operation.operation, step);
  const written = await journal.read(operation.operation);
  if (written === undefined) throw new RegistryError("UNKNOWN", "the journal did not keep the operation");
  return written;
}
