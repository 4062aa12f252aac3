import { hasCode, isRefusal, RegistryError, unlessAbsent } from "../../../registry/errors.ts";
import type { Digest, Tag } from "../../../registry/names.ts";
import { everyTag } from "../../../registry/pages.ts";
import { pooled } from "../../../support/pool.ts";
import type { OnDecoy } from "../../decoy.ts";
import { pushedAnew, stranded, type TagOutcome } from "../../outcome.ts";
import { deadlineOf, patiently } from "../../patience.ts";
import { putBack } from "../../put-back.ts";
import type { TagRemoval, Work } from "../../strategy.ts";
import { type Push, watchForPushes } from "./polling.ts";

/** How the deletion of a decoy ended. Where it was `refused` nothing is gone, and the tags still stand on the decoy. */
export type DecoyDeletion =
  | { readonly refused: RegistryError }
  | { readonly refused?: undefined; readonly outcomes: readonly TagOutcome[]; readonly milliseconds: number };

interface DeletionOptions {
  /** Look in the listing also after an answer that says it is done. */
  readonly prove?: boolean;
  /** Somebody was seen to push to tags of the same removal. */
  readonly isContended?: boolean;
}

/** Deletes the decoy. From here on there is no way back: the server may be at it, whatever became of its answer. */
export async function deleteForward(
  work: Work,
  chunk: OnDecoy,
  { prove = false, isContended = false }: DeletionOptions = {},
): Promise<DecoyDeletion> {
  const pushed = new Map<Tag, Push>();
  const { answer, milliseconds } = await deleteOnce(work, chunk, { pushed, isContended });
  if (answer !== undefined && isDefiniteNo(answer)) return { refused: answer };
  const left = answer === undefined && !prove ? [] : await pursue(work, chunk, pushed);
  const until = deadlineOf(work);
  const outcomes = await pooled(
    chunk.removals,
    (removal) => {
      const push = pushed.get(removal.tag);
      if (push === undefined) return outcomeOf(removal, left);
      const putting = patiently({ clock: work.clock, until }, () => putPushBack(work, { chunk, removal, push }));
      return putting.catch((error) => stranded(removal, error));
    },
    { concurrency: work.concurrency },
  );
  return { outcomes, milliseconds };
}

/** Tags of the chunk that are still listed on the decoy, or without a manifest, are deleted again, until none is or the patience ends. */
export async function pursue(
  work: Work,
  chunk: OnDecoy,
  pushed: Map<Tag, Push> = new Map(),
): Promise<readonly TagRemoval[]> {
  const until = deadlineOf(work);
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    const left = await stillThere(work, chunk).catch((error) => failedToLook(error, chunk));
    if (left.length === 0 || work.clock.ticks() >= until) return left;
    await work.clock.sleep(wait);
    // a tag without its manifest goes with the next deletion only if the manifest is there to be deleted
    await work.registry.putManifest(work.repository, chunk.digest, chunk.decoy).catch(ignoreAnswer);
    await deleteOnce(work, chunk, { pushed, isContended: true });
  }
}

/** HEAD 404 does not prove that a tag is gone: the listing does. */
async function stillThere(
  { registry, repository, concurrency }: Work,
  { digest, removals }: OnDecoy,
): Promise<readonly TagRemoval[]> {
  const listing = new Set(await everyTag(registry, repository));
  const listed = removals.filter(({ tag }) => listing.has(tag));
  const stands = await pooled(listed, ({ tag }) => unlessAbsent(registry.resolve(repository, tag), undefined), {
    concurrency,
  });
  return listed.filter((_, index) => stands[index] === undefined || stands[index]?.digest === digest);
}

/** While the server is down, or coming back, nothing is known to be gone. */
function failedToLook(error: unknown, { removals }: OnDecoy): readonly TagRemoval[] {
  if (error instanceof RegistryError) return removals;
  throw error;
}

function ignoreAnswer(error: unknown): void {
  if (!(error instanceof RegistryError)) throw error;
}

/** Sends the deletion once and watches its tags meanwhile. */
async function deleteOnce(
  work: Work,
  chunk: OnDecoy,
  watching: { readonly pushed: Map<Tag, Push>; readonly isContended: boolean },
): Promise<{ readonly answer: RegistryError | undefined; readonly milliseconds: number }> {
  const watch = watchForPushes(work, chunk, watching);
  const began = work.clock.ticks();
  try {
    const answer = await deletionOf(work, chunk.digest);
    return { answer, milliseconds: work.clock.ticks() - began };
  } finally {
    await watch.stop();
  }
}

async function deletionOf({ registry, repository }: Work, digest: Digest): Promise<RegistryError | undefined> {
  try {
    await registry.deleteManifest(repository, digest);
    return undefined;
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
}

function isDefiniteNo(answer: RegistryError): boolean {
  return isRefusal(answer) || hasCode(answer, "UNSUPPORTED");
}

async function outcomeOf(removal: TagRemoval, left: readonly TagRemoval[]): Promise<TagOutcome> {
  const { tag, original } = removal;
  if (left.includes(removal)) return stranded(removal, new Error("the registry does not let go of it"));
  return { tag, digest: original.digest, outcome: "removed" };
}

interface PushedTag {
  readonly chunk: OnDecoy;
  readonly removal: TagRemoval;
  readonly push: Push;
}

/** A push that the server's walk took away is put back; one that came after it stands already. */
async function putPushBack(work: Work, { chunk, removal, push }: PushedTag): Promise<TagOutcome> {
  const { registry, repository } = work;
  const { tag } = removal;
  const current = await unlessAbsent(registry.resolve(repository, tag), undefined);
  if (current !== undefined && current.digest !== chunk.digest) return pushedAnew(removal, current.digest);
  const { digest, manifest = await registry.getManifest(repository, digest) } = push;
  const stands = await putBack(work, tag, manifest);
  if (stands !== digest) return pushedAnew(removal, stands);
  return { tag, digest, outcome: "kept", reason: "it was pushed anew while it was deleted; that push was put back" };
}
