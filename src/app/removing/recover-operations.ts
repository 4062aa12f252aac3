import { RegistryError } from "../../registry/errors.ts";
import { type Operation, outcomesOf, stateOf } from "../../untag/journal/journal.ts";
import { interrupted } from "../../untag/outcome.ts";
import { recoverOperation } from "../../untag/recovery/recover.ts";
import type { RepositoryReport } from "../../untag/report.ts";
import type { Session } from "../session.ts";
import type { RecoverOptions, Remnant } from "./find-remnants.ts";
import { holding } from "./holding.ts";
import { unrecoveredReports } from "./recovery-reports.ts";

/**
 * Finishes or rolls back the operation of each remnant, while holding the locks of its repositories. Throws `LOCKED`,
 * unless something was recovered before: then the rest is reported as failed.
 */
export async function recoverAll(
  session: Session,
  remnants: readonly Remnant[],
  options: RecoverOptions,
): Promise<readonly RepositoryReport[]> {
  const reports: RepositoryReport[] = [];
  const operations = [...new Set(remnants.flatMap(({ operation }) => operation ?? []))];
  for (const [place, operation] of operations.entries()) {
    const recover = () => recoverOne(session, operation, options);
    try {
      reports.push(...(await holding(session, operation.repositories, options, recover)));
    } catch (error) {
      const isStopped = options.signal?.aborted === true;
      if (reports.length === 0 || !(isStopped || error instanceof RegistryError)) throw error;
      return [...reports, ...unrecoveredReports(operations.slice(place), isStopped ? interrupted : error)];
    }
  }
  return reports;
}

async function recoverOne(
  { registry }: Session,
  operation: Operation,
  options: RecoverOptions,
): Promise<readonly RepositoryReport[]> {
  const { journal } = options;
  const current = (await journal.read(operation.operation)) ?? (await adopt(operation, options));
  if (stateOf(current) !== "open") return []; // it was ended by whoever held the lock before
  // read under the lock: what others removed until now must not be put back
  const { operations } = await journal.list({ after: current.operation });
  const since = operations.filter(({ registry: { host } }) => host === current.registry.host).flatMap(outcomesOf);
  const removed = new Set(
    since.flatMap(({ repository, tag, outcome }) => (outcome === "removed" ? [`${repository}:${tag}`] : [])),
  );
  return recoverOperation(current, {
    ...options,
    registry,
    record: (id, step) => journal.record(id, step),
    removedSince: (repository, tag) => removed.has(`${repository}:${tag}`),
  });
}

async function adopt(operation: Operation, { journal }: RecoverOptions): Promise<Operation> {
  await journal.begin(operation);
  for (const step of operation.steps) await journal.record(operation.operation, step);
  const written = await journal.read(operation.operation);
  if (written === undefined) throw new RegistryError("UNKNOWN", "the journal did not keep the operation");
  return written;
}
