import { hasCode, isPassing, isRefusal, RegistryError, unlessAbsent } from "../../registry/errors.ts";
import { describe } from "../../registry/image.ts";
import { messageOf } from "../../support/message-of.ts";
import { pooled } from "../../support/pool.ts";
import type { TagOutcome } from "../outcome.ts";
import type { Removal, Work } from "../strategy.ts";
import type { Chunk } from "./decoy.ts";
import { deadlineOf, patiently } from "./patience.ts";

/** How far the overwriting of a chunk came. */
export interface Placed {
  /** Tags that stand, or may stand, on the decoy. */
  readonly on: readonly Removal[];
  /** How many of them certainly do. */
  readonly certain: number;
  /** Tags that were left alone: pushed anew, gone meanwhile, or refused one by one. */
  readonly outcomes: readonly TagOutcome[];
  /** What stopped it; undefined where every tag is on the decoy or left alone. */
  readonly failure?: unknown;
}

/** Puts the decoy on each tag that still is its original; the check comes right before the PUT, since the protocol has no If-Match. */
export async function overwrite(work: Work, chunk: Chunk): Promise<Placed> {
  const { removals } = chunk;
  const placing: Placing = { on: new Set(), certain: new Set(), outcomes: [] };
  // not after a 500: that is how some registries refuse a form, and the next is tried
  const patience = { clock: work.clock, until: deadlineOf(work), passes: isPassing };
  const end = (failure?: unknown): Placed => {
    const { on, certain, outcomes } = placing;
    const left = removals.filter((removal) => !on.has(removal));
    const all = [...outcomes, ...skipped(left, outcomes, failure)];
    const placed = { on: [...on], certain: certain.size, outcomes: all };
    return failure === undefined ? placed : { ...placed, failure };
  };
  try {
    // each try looks first: somebody may have pushed since the last
    const place = (removal: Removal) => patiently(patience, () => placeOne(work, chunk, { removal, ...placing }));
    await pooled(removals, place, { concurrency: work.concurrency });
    return end();
  } catch (failure) {
    return end(failure);
  }
}

interface Placing {
  readonly on: Set<Removal>;
  readonly certain: Set<Removal>;
  readonly outcomes: TagOutcome[];
}

async function placeOne(
  work: Work,
  { decoy, digest: onDecoy }: Chunk,
  { removal, on, certain, outcomes }: Placing & { readonly removal: Removal },
): Promise<void> {
  const { registry, repository, signal } = work;
  const { tag, original } = removal;
  const leave = (outcome: TagOutcome): void => {
    on.delete(removal);
    outcomes.push(outcome);
  };
  if (signal?.aborted) return;
  const current = await unlessAbsent(registry.resolve(repository, tag), undefined);
  if (current === undefined) return leave({ tag, digest: original.digest, outcome: "absent" });
  if (current.digest === onDecoy) return void certain.add(removal); // put there by a try whose answer was lost
  if (current.digest !== original.digest) return leave(pushedAnew(removal, current.digest));
  if (signal?.aborted) return;
  on.add(removal); // before the PUT: its answer may be lost
  const refusal = await refusalOf(registry.putManifest(repository, tag, decoy));
  if (refusal !== undefined && !(await standsOn(work, removal, onDecoy))) return leave(refused(removal, refusal));
  certain.add(removal);
}

/** What a registry refuses for this one tag, an immutable one say; every other failure stops the chunk. */
async function refusalOf(putting: Promise<unknown>): Promise<RegistryError | undefined> {
  try {
    await putting;
    return undefined;
  } catch (error) {
    // ECR answers 400 TAG_INVALID for an immutable tag; a 401 is a refusal of everything
    if ((isRefusal(error) && !hasCode(error, "UNAUTHORIZED")) || hasCode(error, "TAG_INVALID")) {
      return error as RegistryError;
    }
    throw error;
  }
}

async function standsOn({ registry, repository }: Work, { tag }: Removal, decoy: Chunk["digest"]): Promise<boolean> {
  return (await unlessAbsent(registry.resolve(repository, tag), undefined))?.digest === decoy;
}

/** Tags that a failure or a signal came before. */
function skipped(left: readonly Removal[], outcomes: readonly TagOutcome[], failure: unknown): TagOutcome[] {
  const ended = new Set(outcomes.map(({ tag }) => tag));
  return left.filter(({ tag }) => !ended.has(tag)).map((removal) => untouched(removal, failure ?? interrupted));
}

/** Why work stopped in good order: a signal came. */
export const interrupted: unknown = "interrupted";

/** A tag that was not touched, since something stopped the work before. */
export function untouched({ tag, original: { digest } }: Removal, why: unknown): TagOutcome {
  const { reason, code } = reasonOf(why);
  return { tag, digest, outcome: "failed", reason: `not touched: ${reason}`, ...(code !== undefined && { code }) };
}

/** Puts the originals back on the tags that stand on the decoy, and reads them back. */
export async function rollBack(
  work: Work,
  chunk: Pick<Chunk, "digest">,
  removals: readonly Removal[],
  why: unknown,
): Promise<TagOutcome[]> {
  let done = 0;
  const patience = { clock: work.clock, until: deadlineOf(work) };
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

async function restoreOne(
  work: Work,
  decoy: Pick<Chunk, "digest">,
  removal: Removal,
  why: unknown,
): Promise<TagOutcome> {
  const { registry, repository } = work;
  const { tag, original } = removal;
  const { digest } = original;
  const current = await unlessAbsent(registry.resolve(repository, tag), undefined);
  if (current?.digest === digest) {
    return { tag, digest, outcome: isRefusal(why) ? "refused" : "failed", ...reasonOf(why) };
  }
  if (current !== undefined && current.digest !== decoy.digest) return pushedAnew(removal, current.digest);
  await registry.putManifest(repository, tag, original.manifest);
  const stands = await readBack(work, tag);
  if (stands === decoy.digest) throw new RegistryError("ANSWER_INVALID", "the registry did not take its manifest back");
  if (stands !== digest) return pushedAnew(removal, stands);
  return { tag, digest, outcome: "restored", ...reasonOf(why) };
}

/** The digest of the bytes that a tag really gives. A 201 alone is no proof, nor is a HEAD that a cache answers. */
export async function readBack(
  { registry, repository }: Pick<Work, "registry" | "repository">,
  tag: Removal["tag"],
): Promise<Chunk["digest"]> {
  return describe(await registry.getManifest(repository, tag)).digest;
}

/** A tag that the registry would not let go of or write to, and that was left as it is. */
function refused({ tag, original: { digest } }: Removal, why: unknown): TagOutcome {
  return { tag, digest, outcome: "refused", ...reasonOf(why) };
}

/** A tag that somebody pushed to meanwhile; it is left where it stands. */
export function pushedAnew({ tag }: Removal, digest: TagOutcome["digest"]): TagOutcome {
  return { tag, ...(digest !== undefined && { digest }), outcome: "kept", reason: "it was pushed anew meanwhile" };
}

/** A tag that could be neither removed nor put back. */
export function stranded({ tag, original: { digest } }: Removal, error: unknown): TagOutcome {
  const { reason } = reasonOf(error);
  return {
    tag,
    digest,
    outcome: "failed",
    code: "STRANDED",
    reason: `it could not be put back (${reason}); \`tagwise recover\` goes on`,
  };
}

/** An error as the reason of an outcome. */
export function reasonOf(error: unknown): { readonly reason: string; readonly code?: string } {
  if (error instanceof RegistryError) return { reason: error.message, code: error.said ?? error.code };
  if (error === interrupted) return { reason: "interrupted by a signal", code: "INTERRUPTED" };
  return { reason: messageOf(error) };
}
