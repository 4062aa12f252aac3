import { errorOf, hasCode, isPassing, isRefusal, RegistryError, unlessAbsent } from "../../../registry/errors.ts";
import type { Digest, Tag } from "../../../registry/names.ts";
import { standsAt } from "../../../registry/stands-at.ts";
import { pooled } from "../../../support/pool.ts";
import { type OnDecoy, readDecoy } from "../../decoy.ts";
import {
  interrupted,
  pushedAnew,
  reasonOf,
  refused,
  stranded,
  type TagOutcome,
  unchanged,
  untouched,
} from "../../outcome.ts";
import { patienceOf, patiently } from "../../patience.ts";
import { putBack } from "../../put-back.ts";
import type { TagRemoval, Work } from "../../strategy.ts";

/** How far a chunk's tags were pointed at their decoy. */
export interface Placed {
  /** Tags that point, or may point, at the decoy. */
  readonly on: readonly TagRemoval[];
  /** Tags that certainly do: the registry said so. */
  readonly certain: ReadonlySet<Tag>;
  /** Tags with a PUT that was never answered and was not seen to be carried out: it may come late. */
  readonly unsettled: ReadonlySet<Tag>;
  /** The outcomes of tags that were left alone: pushed to, gone meanwhile, refused, or not reached. */
  readonly outcomes: readonly TagOutcome[];
  /** What stopped the work; undefined where every tag is on the decoy or left alone. */
  readonly failure?: unknown;
}

/**
 * Points each tag that is still on its original at the decoy. It checks right before the PUT, since the protocol has no
 * If-Match.
 */
export async function overwrite(work: Work, chunk: OnDecoy): Promise<Placed> {
  const { removals } = chunk;
  const placing: Placing = { on: new Set(), certain: new Set(), lost: new Set(), unsettled: new Set(), outcomes: [] };
  // a 500 is not repeated: some registries refuse a manifest's form with it, and then the next form is tried
  const patience = patienceOf(work, isPassing);
  const end = (failure?: unknown): Placed => {
    const { on, certain, lost, unsettled, outcomes } = placing;
    const left = removals.filter((removal) => !on.has(removal));
    const all = [...outcomes, ...skipped(left, outcomes, failure)];
    for (const tag of lost) if (!certain.has(tag)) unsettled.add(tag); // nobody looked again
    const placed = { on: [...on], certain, unsettled, outcomes: all };
    return failure === undefined ? placed : { ...placed, failure };
  };
  try {
    // each try looks first, since somebody may have pushed since the last one
    const place = (removal: TagRemoval) => patiently(patience, () => placeOne(work, chunk, { removal, ...placing }));
    await pooled(removals, place, { concurrency: work.concurrency });
    return end();
  } catch (failure) {
    return end(failure);
  }
}

interface Placing {
  readonly on: Set<TagRemoval>;
  readonly certain: Set<Tag>;
  /** Tags with a PUT that was never answered. */
  readonly lost: Set<Tag>;
  readonly unsettled: Set<Tag>;
  readonly outcomes: TagOutcome[];
}

async function placeOne(
  work: Work,
  { decoy, digest: onDecoy }: OnDecoy,
  { removal, on, certain, lost, unsettled, outcomes }: Placing & { readonly removal: TagRemoval },
): Promise<void> {
  const { registry, repository, signal } = work;
  const { tag, original } = removal;
  const leave = (outcome: TagOutcome): void => {
    on.delete(removal);
    outcomes.push(outcome);
  };
  if (signal?.aborted) return;
  const current = await standsAt(registry, repository, tag);
  if (current === undefined) return leave({ tag, digest: original.digest, outcome: "absent" });
  if (current.digest === onDecoy) return void certain.add(tag); // by an earlier try whose answer was lost
  if (current.digest !== original.digest) return leave(pushedAnew(removal, current.digest));
  if (signal?.aborted) return;
  if (lost.has(tag)) unsettled.add(tag);
  on.add(removal); // before the PUT: its answer may be lost
  const refusal = await errorOf(registry.putManifest(repository, tag, decoy), concernsOneTag).catch((error) => {
    if (hasCode(error, "LOST", "UNAVAILABLE")) lost.add(tag);
    throw error;
  });
  if (refusal !== undefined && !(await standsOn(work, removal, onDecoy))) return leave(refused(removal, refusal));
  certain.add(tag);
}

/**
 * True for the refusal of one tag, for instance because it is immutable; every other failure stops the chunk. ECR answers
 * 400 TAG_INVALID for an immutable tag; a 401 concerns every tag.
 */
function concernsOneTag(error: RegistryError): boolean {
  return (isRefusal(error) && error.code !== "UNAUTHORIZED") || error.code === "TAG_INVALID";
}

async function standsOn({ registry, repository }: Work, { tag }: TagRemoval, decoy: Digest): Promise<boolean> {
  return (await standsAt(registry, repository, tag))?.digest === decoy;
}

/** The outcomes of tags that were not reached because of a failure or a signal. */
function skipped(left: readonly TagRemoval[], outcomes: readonly TagOutcome[], failure: unknown): TagOutcome[] {
  const ended = new Set(outcomes.map(({ tag }) => tag));
  return left.filter(({ tag }) => !ended.has(tag)).map((removal) => untouched(removal, failure ?? interrupted));
}

/** A decoy, and the tags that the registry said were on it. */
interface Overwritten extends Pick<OnDecoy, "digest"> {
  /** They are put back also where they are shown on their originals: a proxy may show what it remembers. */
  readonly certain: ReadonlySet<Tag>;
}

/** Points tags on the decoy back at their originals and reads them back; `why` becomes the reason of their outcomes. */
export async function rollBack(
  work: Work,
  chunk: Overwritten,
  removals: readonly TagRemoval[],
  why: unknown,
): Promise<TagOutcome[]> {
  let done = 0;
  const patience = patienceOf(work);
  return pooled(
    removals,
    async (removal) => {
      const restoring = patiently(patience, () => restoreOne(work, chunk, removal, why));
      const outcome = await restoring.catch((error) => stranded(removal, error));
      work.emit({
        kind: "progress",
        repository: work.repository,
        phase: "restoring",
        done: ++done,
        total: removals.length,
      });
      return outcome;
    },
    { concurrency: work.concurrency },
  );
}

/** True for a decoy of this operation, which a registry or a proxy may have stored in an encoding of its own. */
export async function isOurs({ registry, repository, operation }: Work, digest: Digest): Promise<boolean> {
  const manifest = await unlessAbsent(registry.getManifest(repository, digest), undefined);
  return manifest !== undefined && readDecoy(manifest)?.operation === operation;
}

async function restoreOne(work: Work, decoy: Overwritten, removal: TagRemoval, why: unknown): Promise<TagOutcome> {
  const { registry, repository } = work;
  const { tag, original } = removal;
  const { digest } = original;
  const current = await standsAt(registry, repository, tag);
  const isOriginal = current?.digest === digest;
  if (isOriginal && !decoy.certain.has(tag)) return isRefusal(why) ? refused(removal, why) : unchanged(removal, why);
  if (current !== undefined && !isOriginal && current.digest !== decoy.digest && !(await isOurs(work, current.digest)))
    return pushedAnew(removal, current.digest);
  const stands = await putBack(work, tag, original.manifest);
  if (stands === decoy.digest) throw new RegistryError("ANSWER_INVALID", "the registry did not take its manifest back");
  if (stands !== digest) return pushedAnew(removal, stands);
  return { tag, digest, outcome: "restored", ...reasonOf(why) };
}
