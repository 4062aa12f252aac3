import { unlessAbsent } from "../../../registry/errors.ts";
import type { Manifest } from "../../../registry/image.ts";
import type { Digest, Tag } from "../../../registry/names.ts";
import type { OnDecoy } from "../../decoy.ts";
import type { TagRemoval, Work } from "../../strategy.ts";

/** How closely tags are watched; times in milliseconds. */
interface Closeness {
  readonly firstLook: number;
  /** A tag is looked at no more often than this. */
  readonly lookEvery: number;
  /** Looks under way at once. */
  readonly watchers: number;
  /** A busy server is left alone for so many times as long as its last answer took. */
  readonly rest: number;
}

/** Where nobody is known to push: looks slow down the very deletion that they watch. */
const calm: Closeness = { firstLook: 20, lookEvery: 10, watchers: 2, rest: 1 };
/** Of many tags hardly one is looked at twice before the deletion is over, so that looks find little: they cost little too. */
const calmAmongMany: Closeness = { firstLook: 20, lookEvery: 10, watchers: 1, rest: 3 };
const many = 16;
/** Where somebody was seen to push to tags of this removal: most of such pushes are met, at twice the time. */
const contended: Closeness = { firstLook: 0, lookEvery: 3, watchers: 8, rest: 0 };

/** What somebody pushed to a tag while its decoy was deleted; without a manifest where that could not be read yet. */
export interface Push {
  readonly digest: Digest;
  readonly manifest?: Manifest;
}

/** Watches the tags of a chunk while its decoy is deleted: what is neither original nor decoy is a push. */
export interface Watch {
  stop(): Promise<void>;
}

/** Begins to watch; each push that is seen is put into `pushed`, its bytes read while they can be. */
export function watchForPushes(
  work: Work,
  { digest: decoy, removals }: OnDecoy,
  { pushed, isContended }: { readonly pushed: Map<Tag, Push>; readonly isContended: boolean },
): Watch {
  const uncontended = removals.length > many ? calmAmongMany : calm;
  const { firstLook, lookEvery, watchers, rest } = isContended ? contended : uncontended;
  const over = new AbortController();
  const stopped = new Promise<void>((resolve) => over.signal.addEventListener("abort", () => resolve()));
  const pause = (milliseconds: number) => Promise.race([work.clock.sleep(milliseconds), stopped]);
  let next = 0;
  const looked = new Map<Tag, number>();

  async function look(): Promise<void> {
    const removal = removals[next++ % removals.length];
    if (removal === undefined) return;
    const { tag } = removal;
    const since = work.clock.ticks() - (looked.get(tag) ?? Number.NEGATIVE_INFINITY);
    if (since < lookEvery) return pause(lookEvery - since);
    const began = work.clock.ticks();
    looked.set(tag, began);
    await lookAt(removal);
    if (rest > 0) await pause(rest * (work.clock.ticks() - began));
  }

  async function lookAt({ tag, original }: TagRemoval): Promise<void> {
    const current = await unlessAbsent(work.registry.resolve(work.repository, tag), undefined);
    if (current === undefined || [decoy, original.digest].includes(current.digest)) return;
    const known = pushed.get(tag);
    if (known?.digest === current.digest && known.manifest !== undefined) return;
    pushed.set(tag, { digest: current.digest }); // its bytes may fail to come
    const manifest = await work.registry.getManifest(work.repository, current.digest);
    pushed.set(tag, { digest: current.digest, manifest });
  }

  async function watch(): Promise<void> {
    await pause(firstLook);
    while (!over.signal.aborted) await look().catch(() => pause(lookEvery)); // a busy server must not stop the watch
  }

  const watching = Promise.all(Array.from({ length: Math.min(watchers, work.concurrency, removals.length) }, watch));
  return {
    async stop() {
      over.abort();
      await watching;
    },
  };
}
