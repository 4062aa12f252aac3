import { errorOf, hasCode, isRefusal, type RegistryError, unlessAbsent } from "../../../registry/errors.ts";
import type { Digest, Tag } from "../../../registry/names.ts";
import { standsAt } from "../../../registry/stands-at.ts";
import { pooled } from "../../../support/pool.ts";
import { type OnDecoy, readDecoy } from "../../decoy.ts";
import { pushedAnew, stranded, type TagOutcome } from "../../outcome.ts";
import { deadlineOf, patienceOf, patiently, pauseAfter } from "../../patience.ts";
import { putBack } from "../../put-back.ts";
import type { TagRemoval, Work } from "../../strategy.ts";
import { isOurs } from "./overwriting.ts";
import { type Push, watchForPushes } from "./polling.ts";
import { type Pursued, pursue } from "./pursuing.ts";

/**
 * How the deletion of a decoy ended. Where it was `refused`, nothing was deleted and the tags still point at the decoy.
 */
export type DecoyDeletion = { readonly refused: RegistryError } | DecoyDeleted;

/** The end of a deletion that was not refused: the outcomes of the tags, save those still `held`. */
export interface DecoyDeleted {
  readonly refused?: undefined;
  readonly outcomes: readonly TagOutcome[];
  /**
   * Tags that are still there though every deletion was answered: the server is not at work any more, so they may be
   * put back.
   */
  readonly held: readonly TagRemoval[];
  /** The reason for the held tags' outcomes. */
  readonly because?: unknown;
  readonly milliseconds: number;
}

interface DeletionOptions {
  /** True to check the listing even where the registry answers that it is done. */
  readonly prove?: boolean;
  /** True where somebody was seen pushing to tags of the same removal. */
  readonly isContended?: boolean;
}

/** Deletes the decoy. This is the point of no return: once sent, the server may carry it out whatever it answers. */
export async function deleteForward(
  work: Work,
  chunk: OnDecoy,
  { prove = false, isContended = false }: DeletionOptions = {},
): Promise<DecoyDeletion> {
  const pushed = new Map<Tag, Push>();
  const { answer, milliseconds } = await deleteInTurn(work, chunk, { pushed, isContended });
  if (answer !== undefined && isDefiniteNo(answer)) return { refused: answer };
  if (answer !== undefined || prove) return { ...(await deleteOn(work, chunk, { pushed, answer })), milliseconds };
  return { outcomes: await outcomesOf(work, chunk, { pushed }), held: [], milliseconds };
}

interface Begun {
  /** Pushes that were seen so far, by tag. */
  readonly pushed?: Map<Tag, Push>;
  /** The error that the last deletion was answered with; undefined where it succeeded. */
  readonly answer?: RegistryError | undefined;
}

/** Repeats a deletion that has been sent, until no tag is left on the decoy or the patience ends. */
export async function deleteOn(
  work: Work,
  chunk: OnDecoy,
  { pushed = new Map(), answer }: Begun = {},
): Promise<Omit<DecoyDeleted, "milliseconds">> {
  const again = () => deleteOnce(work, chunk, { pushed, isContended: true });
  const pursued = await pursue(work, chunk, { answer, again: async () => (await again()).answer });
  // a tag on its original again was pushed, or is shown as a proxy remembers it: to put it back does for both
  const seenAgain = chunk.removals.filter(({ tag, original }) => pursued.elsewhere.get(tag) === original.digest);
  const back = [...seenAgain, ...(await inOtherEncoding(work, chunk, pursued.elsewhere))];
  const held = pursued.isAtWork ? [] : [...pursued.left, ...back].filter(({ tag }) => !pushed.has(tag));
  const because = pursued.answer ?? new Error("the registry said that it deleted it, and lists it still");
  return { outcomes: await outcomesOf(work, chunk, { pushed, ...pursued, held }), held, because };
}

/** Tags on the decoy as the registry has encoded it anew, under another digest. */
async function inOtherEncoding(
  work: Work,
  { removals }: OnDecoy,
  elsewhere: Pursued["elsewhere"],
): Promise<readonly TagRemoval[]> {
  const ours = new Map<Digest, boolean>();
  for (const digest of new Set(elsewhere.values())) ours.set(digest, await isOurs(work, digest).catch(() => false));
  return removals.filter(({ tag }) => {
    const digest = elsewhere.get(tag);
    return digest !== undefined && ours.get(digest) === true;
  });
}

interface Found extends Partial<Pick<Pursued, "left" | "elsewhere">> {
  readonly pushed: ReadonlyMap<Tag, Push>;
  /** Left out here: the caller gives them their outcome. */
  readonly held?: readonly TagRemoval[];
}

async function outcomesOf(
  work: Work,
  chunk: OnDecoy,
  { pushed, left = [], elsewhere = new Map(), held = [] }: Found,
): Promise<readonly TagOutcome[]> {
  const patience = patienceOf(work);
  const [isHeld, isLeft] = [new Set(held), new Set(left)];
  return pooled(
    chunk.removals.filter((removal) => !isHeld.has(removal)),
    async (removal): Promise<TagOutcome> => {
      const { tag, original } = removal;
      const push = pushed.get(tag);
      if (push !== undefined) {
        const putting = patiently(patience, () => putPushBack(work, { chunk, removal, push }));
        return putting.catch((error) => stranded(removal, error));
      }
      if (isLeft.has(removal)) return stranded(removal, new Error("the registry does not let go of it"));
      const stands = elsewhere.get(tag);
      return stands === undefined ? { tag, digest: original.digest, outcome: "removed" } : pushedAnew(removal, stands);
    },
    { concurrency: work.concurrency },
  );
}

/** What was pushed is gone too, or was another tagwise's decoy: then nobody wants it back. */
function goneToo({ tag, original: { digest } }: TagRemoval): TagOutcome {
  return { tag, digest, outcome: "removed" };
}

interface Watching {
  readonly pushed: Map<Tag, Push>;
  readonly isContended: boolean;
}

interface Sent {
  readonly answer: RegistryError | undefined;
  readonly milliseconds: number;
}

/**
 * Sends the deletion. After a 429, which was not carried out, it waits as the registry asks and sends again while the
 * patience lasts.
 */
async function deleteInTurn(work: Work, chunk: OnDecoy, watching: Watching): Promise<Sent> {
  const until = deadlineOf(work);
  for (let wait = 100; ; wait *= 2) {
    const sent = await deleteOnce(work, chunk, watching);
    const pause = pauseAfter(sent.answer, wait);
    if (!hasCode(sent.answer, "TOOMANYREQUESTS") || work.clock.ticks() + pause > until) return sent;
    await work.clock.sleep(pause);
  }
}

/** Sends the deletion once, and watches its tags for pushes meanwhile. */
async function deleteOnce(work: Work, chunk: OnDecoy, watching: Watching): Promise<Sent> {
  const { registry, repository } = work;
  const watch = watchForPushes(work, chunk, watching);
  const began = work.clock.ticks();
  try {
    const answer = await errorOf(registry.deleteManifest(repository, chunk.digest, { lasting: true }));
    return { answer, milliseconds: work.clock.ticks() - began };
  } finally {
    await watch.stop();
  }
}

function isDefiniteNo(answer: RegistryError): boolean {
  return isRefusal(answer) || hasCode(answer, "UNSUPPORTED", "TOOMANYREQUESTS");
}

interface PushedTag {
  readonly chunk: OnDecoy;
  readonly removal: TagRemoval;
  readonly push: Push;
}

/** Puts back a push that the deletion took along; a push that came after it is still there and stays. */
async function putPushBack(work: Work, { chunk, removal, push }: PushedTag): Promise<TagOutcome> {
  const { registry, repository } = work;
  const { tag } = removal;
  const current = await standsAt(registry, repository, tag);
  if (current !== undefined && current.digest !== chunk.digest) return pushedAnew(removal, current.digest);
  const { digest, manifest = await unlessAbsent(registry.getManifest(repository, digest), undefined) } = push;
  if (manifest === undefined || readDecoy(manifest) !== undefined) return goneToo(removal);
  const stands = await putBack(work, tag, manifest);
  if (stands !== digest) return pushedAnew(removal, stands);
  return { tag, digest, outcome: "kept", reason: "it was pushed anew while it was deleted; that push was put back" };
}
