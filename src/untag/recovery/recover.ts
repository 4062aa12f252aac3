import type { RepositoryName, Tag } from "../../registry/names.ts";
import { canPutBack, type IntendedRemoval, type Journal, type Operation } from "../journal/journal.ts";
import { isStranded, type TagOutcome } from "../outcome.ts";
import { patient } from "../patience.ts";
import type { RepositoryReport } from "../report.ts";
import type { Work } from "../strategy.ts";
import { isLeft, type Leftover, leftoversOf } from "./leftovers.ts";
import { restoreSiblings } from "./lost-siblings.ts";
import { removeScratch } from "./scratch-tags.ts";
import { chunksOf, finish, rollBackAll } from "./unfinished.ts";

/** What recovering needs besides the operation: `Work` without the fields that come from the operation. */
export interface RecoverOptions extends Omit<Work, "repository" | "operation" | "record"> {
  readonly record: Journal["record"];
  /** True to put the originals back instead of finishing the removal. */
  readonly rollback: boolean;
  /** True for a tag that a later operation of the journal removed. */
  readonly removedSince: (repository: RepositoryName, tag: Tag) => boolean;
}

/** Finishes an operation that was cut off, or rolls it back; closes it unless a tag is stranded or a sibling lost. */
export async function recoverOperation(
  operation: Operation,
  options: RecoverOptions,
): Promise<readonly RepositoryReport[]> {
  const reports: RepositoryReport[] = [];
  for (const intended of operation.repositories) {
    const { repository } = intended;
    const record: Work["record"] = (step) => options.record(operation.operation, step);
    const work: Work = { ...options, repository, operation: operation.operation, record };
    reports.push(await recoverRepository(work, { ...options, operation, intended }));
  }
  const outcomes = reports.flatMap(({ tags }) => tags.map(({ outcome }) => outcome));
  const isLeftOpen = outcomes.some(isStranded) || reports.some(({ lost }) => lost.length > 0);
  const state = outcomes.some(({ outcome }) => outcome === "removed") ? "done" : "rolled-back";
  if (!isLeftOpen) await options.record(operation.operation, { step: "closed", state });
  return reports;
}

interface Cut extends Pick<RecoverOptions, "rollback" | "removedSince"> {
  readonly operation: Operation;
  readonly intended: IntendedRemoval;
}

async function recoverRepository(hasty: Work, cut: Cut): Promise<RepositoryReport> {
  const { operation, intended, rollback } = cut;
  const work = patient(hasty);
  await removeScratch(work, operation);
  const leftovers = await leftoversOf(work.registry, operation, intended, work);
  const settled = leftovers.filter((one) => !isLeft(one)).map((one) => outcomeOf(one));
  const outcomes = [...settled];
  for (const chunk of chunksOf(work, operation, leftovers))
    outcomes.push(...(await (rollback ? rollBackAll(work, chunk) : finish(work, chunk))));
  const { restored, lost } = await restoreSiblings(work, cut);
  await work.record({ step: "outcomes", repository: work.repository, outcomes });
  for (const outcome of outcomes) work.emit({ kind: "outcome", repository: work.repository, outcome });
  const originals = new Map(intended.tags.map((one) => [one.tag, one]));
  const tags = outcomes.map((outcome) => ({
    outcome,
    siblings: undefined,
    leftBehind: [],
    undoable: outcome.outcome === "removed" && canPutBack(operation, originals.get(outcome.tag)),
  }));
  return {
    repository: work.repository,
    strategy: intended.strategy,
    tags,
    proof: "listing",
    moved: [],
    restored,
    lost,
  };
}

/** The outcome of a tag for which nothing is left to be done. */
export function outcomeOf(leftover: Leftover): TagOutcome {
  const { tag, digest } = leftover;
  if (leftover.is === "gone") return { tag, digest, outcome: "removed" };
  if (leftover.is === "pushed")
    return { tag, digest: leftover.current, outcome: "kept", reason: "it was pushed anew since" };
  return { tag, digest, outcome: "kept", code: "UNTOUCHED", reason: "it never left its original" };
}
