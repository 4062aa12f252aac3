import { hasCode, isRefusal, RegistryError, unlessAbsent } from "../../registry/errors.ts";
import type { Digest, Tag } from "../../registry/names.ts";
import { everyTag } from "../../registry/pages.ts";
import { pooled } from "../../support/pool.ts";
import type { TagOutcome } from "../outcome.ts";
import type { Removal, Work } from "../strategy.ts";
import type { Original } from "../survey.ts";
import type { Chunk } from "./decoy.ts";
import { pushedAnew, stranded } from "./overwriting.ts";
import { watchForPushes } from "./polling.ts";

/** How the deletion of a decoy ended. Where it was `refused` nothing is gone, and the tags still stand on the decoy. */
export type Deletion =
  | { readonly refused: RegistryError }
  | { readonly refused?: undefined; readonly outcomes: readonly TagOutcome[]; readonly milliseconds: number };

/** For how long, in milliseconds, an unclear deletion is pursued. */
const patience = 60_000;

/** Deletes the decoy. From here on there is no way back: the server may be at it, whatever became of its answer. */
export async function deleteForward(work: Work, chunk: Chunk): Promise<Deletion> {
  const watch = watchForPushes(work, chunk);
  const began = work.clock.ticks();
  const answer = await deletionOf(work, chunk.digest);
  const milliseconds = work.clock.ticks() - began;
  const pushed = await watch.stop();
  if (answer !== undefined && isDefiniteNo(answer)) return { refused: answer };
  const left = answer === undefined ? [] : await pursue(work, chunk);
  const outcomes = await pooled(chunk.removals, (removal) => outcomeOf(work, { removal, left, pushed }), {
    concurrency: work.concurrency,
  });
  return { outcomes, milliseconds };
}

/** Tags of the chunk that are still listed on the decoy, or without a manifest, are deleted again, until none is or the patience ends. */
export async function pursue(work: Work, chunk: Chunk): Promise<readonly Removal[]> {
  const deadline = work.clock.ticks() + patience;
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    const left = await stillThere(work, chunk).catch((error) => failedToLook(error, chunk));
    if (left.length === 0 || work.clock.ticks() > deadline) return left;
    await work.clock.sleep(wait);
    // a tag without its manifest goes with the next deletion only if the manifest is there to be deleted
    await work.registry.putManifest(work.repository, chunk.digest, chunk.decoy).catch(() => {});
    await deletionOf(work, chunk.digest);
  }
}

/** HEAD 404 does not prove that a tag is gone: the listing does. */
async function stillThere(
  { registry, repository, concurrency }: Work,
  { digest, removals }: Chunk,
): Promise<readonly Removal[]> {
  const listing = new Set(await everyTag(registry, repository));
  const listed = removals.filter(({ tag }) => listing.has(tag));
  const stands = await pooled(listed, ({ tag }) => unlessAbsent(registry.resolve(repository, tag), undefined), {
    concurrency,
  });
  return listed.filter((_, index) => stands[index] === undefined || stands[index]?.digest === digest);
}

/** While the server is down, or coming back, nothing is known to be gone. */
function failedToLook(error: unknown, { removals }: Chunk): readonly Removal[] {
  if (error instanceof RegistryError) return removals;
  throw error;
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

interface Remains {
  readonly removal: Removal;
  readonly left: readonly Removal[];
  readonly pushed: ReadonlyMap<Tag, Original>;
}

async function outcomeOf(work: Work, { removal, left, pushed }: Remains): Promise<TagOutcome> {
  const {
    tag,
    original: { digest },
  } = removal;
  const push = pushed.get(tag);
  if (push !== undefined) return putPushBack(work, removal, push).catch((error) => stranded(removal, error));
  if (left.includes(removal)) return stranded(removal, new Error("the registry does not let go of it"));
  return { tag, digest, outcome: "removed" };
}

/** A push that the server's walk took away is put back; one that came after it stands already. */
async function putPushBack(
  { registry, repository }: Work,
  removal: Removal,
  { digest, manifest }: Original,
): Promise<TagOutcome> {
  const { tag } = removal;
  const current = await unlessAbsent(registry.resolve(repository, tag), undefined);
  if (current !== undefined) return pushedAnew(removal, current.digest);
  await registry.putManifest(repository, tag, manifest);
  await registry.getManifest(repository, tag);
  return { tag, digest, outcome: "kept", reason: "it was pushed anew while it was deleted; that push was put back" };
}
