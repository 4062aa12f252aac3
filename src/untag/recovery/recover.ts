import type { RepositoryName, Tag } from "../../registry/names.ts";
import { everyTag } from "../../registry/pages.ts";
import { type Notes, notesOf } from "../closing.ts";
import { canPutBack, type IntendedRemoval, type Journal, type Operation, unansweredTags } from "../journal/journal.ts";
import type { TagOutcome } from "../outcome.ts";
import { patient } from "../patience.ts";
import type { RepositoryReport } from "../report.ts";
import type { Work } from "../strategy.ts";
import { isLeft, type Leftover, leftoversOf } from "./leftovers.ts";
import { restoreSiblings } from "./lost-siblings.ts";
import { removeScratch } from "./scratch-tags.ts";
import { othersByDigest, sharedDecoy } from "./strangers.ts";
import { chunksOf, finish, rollBackAll } from "./unfinished.ts";

/** What recovering needs besides the operation: `Work` without the fields that come from the operation. */
export interface RecoverOptions extends Omit<Work, "repository" | "operation" | "record"> {
  readonly record: Journal["record"];
  /** True to put the originals back instead of finishing the removal. */
  readonly rollback: boolean;
  /** True for a tag that a later operation of the journal removed. */
  readonly removedSince: (repository: RepositoryName, tag: Tag) => boolean;
}

/**
 * Finishes an operation that was cut off, or rolls it back; closes it unless a tag is stranded, a sibling lost, or a
 * change may still come late.
 */
export async function recoverOperation(
  operation: Operation,
  options: RecoverOptions,
): Promise<readonly RepositoryReport[]> {
  const reports: RepositoryReport[] = [];
  const { note, close } = notesOf(operation.operation, options);
  for (const intended of operation.repositories) {
    const { repository } = intended;
    const record: Work["record"] = (step) => options.record(operation.operation, step);
    const work: Work = { ...options, repository, operation: operation.operation, record };
    reports.push(await recoverRepository(work, { ...options, operation, intended, note }));
  }
  await close(reports);
  return reports;
}

interface Cut extends Pick<RecoverOptions, "rollback" | "removedSince"> {
  readonly operation: Operation;
  readonly intended: IntendedRemoval;
  readonly note: Notes["note"];
}

async function recoverRepository(hasty: Work, cut: Cut): Promise<RepositoryReport> {
  const { operation, intended } = cut;
  const work = patient(hasty);
  await removeScratch(work, operation);
  const leftovers = await leftoversOf(work.registry, operation, intended, work);
  const ended = await chunksEnded(work, cut, leftovers);
  const { restored, lost } = await restoreSiblings(work, cut);
  const outcomes = [...(await settledOf(work, cut, leftovers)), ...ended];
  await cut.note(work.repository, { step: "outcomes", repository: work.repository, outcomes });
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

/** Finishes, or rolls back, the tags that stand on a decoy or have no manifest. */
async function chunksEnded(
  work: Work,
  { operation, intended, rollback }: Cut,
  leftovers: readonly Leftover[],
): Promise<readonly TagOutcome[]> {
  const chunks = chunksOf(work, operation, leftovers);
  if (chunks.length === 0) return [];
  const others = await othersByDigest(work, new Set(intended.tags.map(({ tag }) => tag)));
  const outcomes: TagOutcome[] = [];
  for (const chunk of chunks) {
    const sharing = others.get(chunk.digest);
    const isShared = sharing !== undefined;
    if (rollback) outcomes.push(...(await rollBackAll(work, isShared ? { ...chunk, isSent: false } : chunk)));
    else outcomes.push(...(isShared ? sharedDecoy(chunk, sharing) : await finish(work, chunk)));
  }
  return outcomes;
}

/** For how long, in milliseconds, a registry may still carry out what it never answered, or be without its storage. */
const stillAtWork = 60 * 60_000;

/** The outcomes of tags for which nothing is left to be done, unless something may come late. */
async function settledOf(
  { clock, registry, repository }: Work,
  { operation, intended }: Cut,
  leftovers: readonly Leftover[],
): Promise<readonly TagOutcome[]> {
  const outcomes = leftovers.filter((one) => !isLeft(one)).map(outcomeOf);
  if (Math.abs(clock.now().getTime() - operation.at.getTime()) >= stillAtWork) return outcomes;
  const hadSiblings = [...intended.siblings.values()].some((tags) => tags.length > 0);
  // a registry that was started without its storage has nothing at all
  const isBare = hadSiblings && outcomes.length > 0 && (await everyTag(registry, repository)).length === 0;
  const unanswered = unansweredTags(operation, repository);
  return outcomes.map((one) => (isBare || unanswered.has(one.tag) ? awaited(one) : one));
}

/** As it is now; the operation stays open. */
function awaited(outcome: TagOutcome): TagOutcome {
  if (outcome.outcome !== "kept" || outcome.code !== "UNTOUCHED") return { ...outcome, unanswered: true };
  const reason = "a change of it was never answered and may come late: `tagwise recover` looks again an hour after it";
  return { ...outcome, outcome: "failed", code: "UNANSWERED", reason, unanswered: true };
}

/** The outcome of a tag for which nothing is left to be done. */
export function outcomeOf(leftover: Leftover): TagOutcome {
  const { tag, digest } = leftover;
  if (leftover.is === "gone") return { tag, digest, outcome: "removed" };
  if (leftover.is === "pushed")
    return { tag, digest: leftover.current, outcome: "kept", reason: "it was pushed anew since" };
  return { tag, digest, outcome: "kept", code: "UNTOUCHED", reason: "it never left its original" };
}
