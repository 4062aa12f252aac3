import { describe, type Manifest } from "../../registry/image.ts";
import type { Digest, Tag } from "../../registry/names.ts";
import { standsAt } from "../../registry/stands-at.ts";
import { pooled } from "../../support/pool.ts";
import { labelled, makeDecoy, type OnDecoy } from "../decoy.ts";
import { manifestIn, type Operation } from "../journal/journal.ts";
import { pushedAnew, stranded, type TagOutcome } from "../outcome.ts";
import { patienceOf, patiently } from "../patience.ts";
import { deleteForward } from "../strategies/decoy/deleting.ts";
import { rollBack } from "../strategies/decoy/overwriting.ts";
import type { TagRemoval, Work } from "../strategy.ts";
import type { Leftover } from "./leftovers.ts";

/** A decoy of a removal that was cut off, and the tags that are still to be dealt with. */
export interface LeftChunk extends OnDecoy {
  /** Those of the tags that are listed without a manifest: they are put on the decoy first. */
  readonly zombies: readonly Tag[];
  /** True for a decoy that was made just now and is not in the journal yet. */
  readonly isNew: boolean;
  /** True where the deletion of the decoy was sent. */
  readonly isSent: boolean;
}

/** Groups the tags that are left by their decoy; a tag that has no manifest and no known decoy gets a new decoy. */
export function chunksOf(work: Work, operation: Operation, leftovers: readonly Leftover[]): readonly LeftChunk[] {
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
      isNew: one.decoy === undefined,
      isSent: operation.steps.some((step) => step.step === "sent" && step.digest === digest),
    };
    chunks.set(digest, chunk);
    chunk.removals.push({
      tag: one.tag,
      original: { digest: one.digest, manifest: manifestIn(operation, one.digest) ?? decoy },
    });
    if (one.is === "zombie") chunk.zombies.push(one.tag);
  }
  return [...chunks.values()];
}

function newDecoy(work: Work, { tag, digest }: Leftover): Manifest {
  return makeDecoy(labelled(work, new Map([[tag, digest]])));
}

/** Deletes the decoy; where the registry refuses, or does not let go of a tag, the originals are put back. */
export async function finish(work: Work, cut: LeftChunk): Promise<readonly TagOutcome[]> {
  const { chunk, outcomes } = await placeZombies(work, cut);
  if (chunk.removals.length === 0) return outcomes;
  await work.record({ step: "sent", repository: work.repository, digest: chunk.digest });
  const end = await deleteForward(work, chunk, { prove: true });
  if (end.refused !== undefined) return [...outcomes, ...(await restore(work, chunk, end.refused))];
  const held = { ...chunk, removals: end.held };
  const orElse = (removal: TagRemoval) => stranded(removal, end.because);
  return [...outcomes, ...end.outcomes, ...(await restore(work, held, end.because, orElse))];
}

interface PlacedZombies {
  readonly chunk: LeftChunk;
  readonly outcomes: readonly TagOutcome[];
}

/** Points tags without a manifest at the decoy, unless somebody has pushed to them meanwhile. */
async function placeZombies(work: Work, chunk: LeftChunk): Promise<PlacedZombies> {
  const { registry, repository, concurrency } = work;
  const { decoy, digest } = chunk;
  const patience = patienceOf(work);
  if (chunk.isNew) {
    const tags = chunk.removals.map(({ tag }) => tag);
    await work.record({ step: "decoy", repository, digest, manifest: decoy, tags });
  }
  const outcomes: TagOutcome[] = [];
  const place = async (removal: TagRemoval): Promise<void> => {
    const stands = await standsAt(registry, repository, removal.tag);
    if (stands !== undefined && stands.digest !== digest) outcomes.push(pushedAnew(removal, stands.digest));
    else await registry.putManifest(repository, removal.tag, decoy);
  };
  const without = new Set(chunk.zombies);
  const zombies = chunk.removals.filter(({ tag }) => without.has(tag));
  await pooled(zombies, (removal) => patiently(patience, () => place(removal)), { concurrency });
  const pushed = new Set(outcomes.map(({ tag }) => tag));
  return { chunk: { ...chunk, removals: chunk.removals.filter(({ tag }) => !pushed.has(tag)) }, outcomes };
}

/**
 * Rolls a chunk back. A deletion that was sent is finished first: the server may still be at work on it and would
 * remove what is put back. Where nothing can be put back, nothing is sent.
 */
export async function rollBackAll(work: Work, chunk: LeftChunk): Promise<readonly TagOutcome[]> {
  const known = new Set(chunk.removals.filter(hasOriginal(chunk)).map(({ tag }) => tag));
  if (!chunk.isSent || known.size === 0) return restore(work, chunk);
  const end = await deleteForward(work, chunk, { prove: true });
  if (end.refused !== undefined) return restore(work, chunk);
  const kept = end.outcomes.filter(({ tag, outcome }) => outcome !== "removed" || !known.has(tag));
  const ended = new Set(kept.map(({ tag }) => tag));
  const gone = chunk.removals.filter(({ tag }) => !ended.has(tag));
  return [...kept, ...(await restore(work, { ...chunk, removals: gone }))];
}

/** Puts the originals back; `orElse` gives the outcome of a tag whose original is not known. */
async function restore(
  work: Work,
  chunk: OnDecoy,
  why: unknown = new Error("rolled back by recover"),
  orElse: (removal: TagRemoval) => TagOutcome = originalUnknown,
): Promise<readonly TagOutcome[]> {
  const { digest, removals } = chunk;
  const isKnown = hasOriginal(chunk);
  const unknown = removals.filter((removal) => !isKnown(removal));
  const overwritten = { digest, certain: new Set(removals.map(({ tag }) => tag)) };
  return [...(await rollBack(work, overwritten, removals.filter(isKnown), why)), ...unknown.map(orElse)];
}

/** True for a tag of a chunk whose original is known, with its bytes. */
function hasOriginal({ digest, decoy }: OnDecoy): (removal: TagRemoval) => boolean {
  return ({ original }) => original.digest !== digest && original.manifest !== decoy;
}

function originalUnknown({ tag, original: { digest } }: TagRemoval): TagOutcome {
  const reason = "where it stood before is not known here; without --rollback it is removed";
  return { tag, digest, outcome: "refused", code: "ORIGINAL_UNKNOWN", reason };
}
