import { RegistryError, unlessAbsent } from "../../registry/errors.ts";
import { pooled } from "../../support/pool.ts";
import type { TagOutcome } from "../outcome.ts";
import type { Removal, Work } from "../strategy.ts";
import type { Chunk } from "./decoy.ts";

/** How far the overwriting of a chunk came. */
export interface Placed {
  /** Tags that stand, or may stand, on the decoy. */
  readonly on: readonly Removal[];
  /** How many of them certainly do. */
  readonly certain: number;
  /** Tags that were left alone: pushed anew or gone meanwhile. */
  readonly outcomes: readonly TagOutcome[];
  /** What stopped it; undefined where every tag is on the decoy or left alone. */
  readonly failure?: unknown;
}

/** Puts the decoy on each tag that still is its original; the check comes right before the PUT, since the protocol has no If-Match. */
export async function overwrite(work: Work, { decoy, removals }: Chunk): Promise<Placed> {
  const { registry, repository, signal } = work;
  const on: Removal[] = [];
  const outcomes: TagOutcome[] = [];
  let certain = 0;
  const placeOne = async (removal: Removal): Promise<void> => {
    if (signal?.aborted) return;
    const {
      tag,
      original: { digest },
    } = removal;
    const current = await unlessAbsent(registry.resolve(repository, tag), undefined);
    if (current === undefined) return void outcomes.push({ tag, digest, outcome: "absent" });
    if (current.digest !== digest) return void outcomes.push(pushedAnew(removal, current.digest));
    on.push(removal); // before the PUT: its answer may be lost
    await registry.putManifest(repository, tag, decoy);
    certain++;
  };
  try {
    await pooled(removals, placeOne, { concurrency: work.concurrency });
    return { on, certain, outcomes: [...outcomes, ...skipped(removals, on, outcomes)] };
  } catch (failure) {
    return { on, certain, outcomes: [...outcomes, ...skipped(removals, on, outcomes)], failure };
  }
}

/** Tags that a failure or a signal came before. */
function skipped(removals: readonly Removal[], on: readonly Removal[], outcomes: readonly TagOutcome[]): TagOutcome[] {
  const begun = new Set([...on.map(({ tag }) => tag), ...outcomes.map(({ tag }) => tag)]);
  const reason = "not touched: the operation had stopped before it";
  return removals
    .filter(({ tag }) => !begun.has(tag))
    .map(({ tag, original: { digest } }) => ({ tag, digest, outcome: "failed", reason, code: "INTERRUPTED" }));
}

/** Puts the originals back on the tags that stand on the decoy, and reads them back. */
export async function rollBack(
  work: Work,
  chunk: Pick<Chunk, "digest">,
  removals: readonly Removal[],
  why: unknown,
): Promise<TagOutcome[]> {
  let done = 0;
  return pooled(
    removals,
    async (removal) => {
      const outcome = await restoreOne(work, chunk, removal, why).catch((error) => stranded(removal, error));
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
  { registry, repository }: Work,
  decoy: Pick<Chunk, "digest">,
  removal: Removal,
  why: unknown,
): Promise<TagOutcome> {
  const { tag, original } = removal;
  const { digest } = original;
  const reason = reasonOf(why);
  const current = await unlessAbsent(registry.resolve(repository, tag), undefined);
  if (current?.digest === digest) return { tag, digest, outcome: "failed", ...reason };
  if (current !== undefined && current.digest !== decoy.digest) return pushedAnew(removal, current.digest);
  await registry.putManifest(repository, tag, original.manifest);
  await registry.getManifest(repository, tag); // a 201 alone is no proof: its bytes are checked against their digest
  const stands = await registry.resolve(repository, tag);
  if (stands.digest !== digest) return pushedAnew(removal, stands.digest);
  return { tag, digest, outcome: "restored", ...reason };
}

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

export function reasonOf(error: unknown): { readonly reason: string; readonly code?: string } {
  if (error instanceof RegistryError) return { reason: error.message, code: error.said ?? error.code };
  if (error === "interrupted") return { reason: "interrupted by a signal", code: "INTERRUPTED" };
  return { reason: error instanceof Error ? error.message : String(error) };
}
