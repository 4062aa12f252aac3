import { isPassing, RegistryError, unlessAbsent } from "../../registry/errors.ts";
import { describe, type Manifest } from "../../registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../../registry/names.ts";
import { everyTag } from "../../registry/pages.ts";
import { pooled } from "../../support/pool.ts";
import type { RepositoryReport } from "../carry-out.ts";
import { labelled, makeDecoy, type OnDecoy } from "../decoy.ts";
import { canPutBack, type IntendedRemoval, type Journal, type Operation } from "../journal/journal.ts";
import { isStranded, type TagOutcome } from "../outcome.ts";
import { deadlineOf, patient, patiently } from "../patience.ts";
import { putBack } from "../put-back.ts";
import { deleteForward } from "../strategies/decoy/deleting.ts";
import { rollBack } from "../strategies/decoy/overwriting.ts";
import type { TagRemoval, Work } from "../strategy.ts";
import { decoysOf, isLeft, type Leftover, leftoversOf, scratchOf } from "./leftovers.ts";

/** What recovering takes besides the operation: a `Work` without what the operation brings itself. */
export interface RecoverOptions extends Omit<Work, "repository" | "operation" | "record"> {
  readonly record: Journal["record"];
  /** Put the originals back instead of finishing the removal. */
  readonly rollback: boolean;
  /** True for a tag that a later operation of the journal removed. */
  readonly removedSince: (repository: RepositoryName, tag: Tag) => boolean;
}

/** Finishes an operation that was cut off, or rolls it back, and closes it where nothing is left. */
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
    outcomes.push(...(await (rollback ? restore(work, chunk) : finish(work, chunk))));
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

function outcomeOf(leftover: Leftover): TagOutcome {
  const { tag, digest } = leftover;
  if (leftover.is === "gone") return { tag, digest, outcome: "removed" };
  if (leftover.is === "pushed")
    return { tag, digest: leftover.current, outcome: "kept", reason: "it was pushed anew since" };
  return { tag, digest, outcome: "kept", code: "UNTOUCHED", reason: "it never left its original" };
}

interface LeftChunk extends OnDecoy {
  /** Tags that are listed without a manifest: they are put on the decoy first. */
  readonly zombies: readonly Tag[];
}

/** The tags that are left, by the decoy they stand on; a tag without a manifest and a known decoy gets a new one. */
function chunksOf(work: Work, { manifests }: Operation, leftovers: readonly Leftover[]): readonly LeftChunk[] {
  const chunks = new Map<Digest, LeftChunk & { readonly removals: TagRemoval[]; readonly zombies: Tag[] }>();
  for (const one of leftovers) {
    if (one.is !== "decoy" && one.is !== "zombie") continue;
    const decoy = one.decoy?.manifest ?? newDecoy(work, one);
    const { digest } = describe(decoy);
    const chunk = chunks.get(digest) ?? {
      decoy,
      digest,
      removals: [],
      zombies: [],
    };
    chunks.set(digest, chunk);
    chunk.removals.push({
      tag: one.tag,
      original: { digest: one.digest, manifest: manifests.get(one.digest) ?? decoy },
    });
    if (one.is === "zombie") chunk.zombies.push(one.tag);
  }
  return [...chunks.values()];
}

function newDecoy(work: Work, { tag, digest }: Leftover): Manifest {
  return makeDecoy(labelled(work, new Map([[tag, digest]])));
}

/** Deletes the decoy; where the registry definitely refuses, the originals come back. */
async function finish(work: Work, chunk: LeftChunk): Promise<readonly TagOutcome[]> {
  const { registry, repository, concurrency } = work;
  const patience = { clock: work.clock, until: deadlineOf(work) };
  const place = (tag: Tag) => patiently(patience, () => registry.putManifest(repository, tag, chunk.decoy));
  await pooled(chunk.zombies, place, { concurrency });
  await work.record({ step: "sent", repository, digest: chunk.digest });
  const end = await deleteForward(work, chunk, { prove: true });
  return end.refused === undefined ? end.outcomes : restore(work, chunk, end.refused);
}

/** Puts the originals back, as far as they are known. */
async function restore(
  work: Work,
  chunk: LeftChunk,
  why: unknown = new Error("rolled back by recover"),
): Promise<readonly TagOutcome[]> {
  const known = chunk.removals.filter(
    ({ original }) => original.digest !== chunk.digest && original.manifest !== chunk.decoy,
  );
  const unknown = chunk.removals.filter((removal) => !known.includes(removal));
  const reason = "where it stood before is not known here; without --rollback it is removed";
  return [
    ...(await rollBack(work, chunk, known, why)),
    ...unknown.map(
      ({ tag, original: { digest } }): TagOutcome => ({
        tag,
        digest,
        outcome: "refused",
        code: "ORIGINAL_UNKNOWN",
        reason,
      }),
    ),
  ];
}

/**
 * Siblings that went with a tag on a registry that takes too much are put back, whatever becomes of the tag. A decoy
 * takes none; and what was removed on purpose since stays removed.
 */
async function restoreSiblings(
  work: Work,
  { operation, intended, removedSince }: Cut,
): Promise<{ restored: readonly Tag[]; lost: readonly Tag[] }> {
  const { registry, repository, concurrency } = work;
  if (intended.strategy === "decoy") return { restored: [], lost: [] };
  const siblings = [...intended.siblings]
    .flatMap(([digest, tags]) => tags.map((tag) => ({ tag, manifest: operation.manifests.get(digest) })))
    .filter(({ tag }) => !removedSince(repository, tag));
  const listing = siblings.length > 0 ? new Set(await everyTag(registry, repository)) : new Set<Tag>();
  const missing = siblings.filter(({ tag }) => !listing.has(tag));
  const verdicts = await pooled(missing, ({ tag, manifest }) => restoreSibling(work, tag, manifest), { concurrency });
  const having = (verdict: string) => missing.filter((_, index) => verdicts[index] === verdict).map(({ tag }) => tag);
  return { restored: having("restored"), lost: having("lost") };
}

async function restoreSibling(
  work: Work,
  tag: Tag,
  manifest: Manifest | undefined,
): Promise<"stands" | "restored" | "lost"> {
  const { registry, repository } = work;
  if ((await unlessAbsent(registry.resolve(repository, tag), undefined)) !== undefined) return "stands";
  if (manifest === undefined) return "lost";
  try {
    const patience = { clock: work.clock, until: deadlineOf(work) };
    const stands = await patiently(patience, () => putBack(work, tag, manifest));
    return stands === describe(manifest).digest ? "restored" : "lost";
  } catch (error) {
    if (error instanceof RegistryError) return "lost";
    throw error;
  }
}

/** Scratch tags stand on manifests that are ours alone: with those they go; where they do not, by their names. */
async function removeScratch(work: Work, operation: Operation): Promise<void> {
  const { registry, repository, emit } = work;
  const scratch = scratchOf(operation, repository);
  const ours = new Set([...scratch, ...decoysOf(operation, repository)].map(({ digest }) => digest));
  const patience = { clock: work.clock, until: deadlineOf(work) };
  for (const tag of new Set(scratch.flatMap(({ tags }) => tags))) {
    const stands = await unlessAbsent(registry.resolve(repository, tag), undefined);
    if (stands === undefined || !ours.has(stands.digest)) continue;
    await patiently(patience, () => registry.deleteManifest(repository, stands.digest)).catch(ignoreRefusal);
    let left = await unlessAbsent(registry.resolve(repository, tag), undefined);
    if (left !== undefined) {
      await patiently(patience, () => registry.deleteTag(repository, tag)).catch(ignoreRefusal);
      left = await unlessAbsent(registry.resolve(repository, tag), undefined);
    }
    emit({
      kind: "note",
      repository,
      tag,
      says: `scratch tag of a rehearsal ${left ? "stays: nothing removes it" : "removed"}`,
    });
  }
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof RegistryError) || isPassing(error)) throw error;
}
