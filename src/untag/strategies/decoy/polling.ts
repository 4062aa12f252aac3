import type { Manifest } from "../../../registry/image.ts";
import type { Digest, Tag } from "../../../registry/names.ts";
import { standsAt } from "../../../registry/stands-at.ts";
import type { OnDecoy } from "../../decoy.ts";
import type { TagRemoval, Work } from "../../strategy.ts";

/** How closely tags are watched; times in milliseconds. */
interface Closeness {
  readonly firstLook: number;
  /** The least time between two looks at the same tag. */
  readonly lookEvery: number;
  /** How many looks run at the same time. */
  readonly watchers: number;
  /** After a look, the pause as a multiple of the time that its answer took. */
  readonly rest: number;
}

/** For tags that nobody is known to push to: few looks, since they slow down the deletion that they watch. */
const calm: Closeness = { firstLook: 20, lookEvery: 10, watchers: 2, rest: 1 };
/**
 * For chunks of more than `many` tags: each tag is looked at about once before the deletion ends, so even fewer looks
 * are worth it.
 */
const calmAmongMany: Closeness = { firstLook: 20, lookEvery: 10, watchers: 1, rest: 3 };
const many = 16;
/**
 * For a removal during which somebody was seen pushing: this catches most such pushes, and the deletion takes twice as
 * long.
 */
const contended: Closeness = { firstLook: 0, lookEvery: 3, watchers: 8, rest: 0 };

/** What somebody pushed to a tag while its decoy was being deleted; without a manifest where it could not be read. */
export interface Push {
  readonly digest: Digest;
  readonly manifest?: Manifest;
}

/**
 * Watches the tags of a chunk while its decoy is deleted: a tag on neither its original nor the decoy was pushed to.
 */
export interface Watch {
  /** Ends the watch; resolves when no look is under way any more. */
  stop(): Promise<void>;
}

/**
 * Starts watching; each push that is seen is added to `pushed`, and its manifest is read at once, while it still
 * exists.
 */
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
    const current = await standsAt(work.registry, work.repository, tag);
    if (current === undefined || [decoy, original.digest].includes(current.digest)) return;
    const known = pushed.get(tag);
    if (known?.digest === current.digest && known.manifest !== undefined) return;
    pushed.set(tag, { digest: current.digest }); // kept even where its manifest cannot be read
    const manifest = await work.registry.getManifest(work.repository, current.digest);
    pushed.set(tag, { digest: current.digest, manifest });
  }

  async function watch(): Promise<void> {
    await pause(firstLook);
    while (!over.signal.aborted) await look().catch(() => pause(lookEvery)); // a failed look must not end the watch
  }

  const watching = Promise.all(Array.from({ length: Math.min(watchers, work.concurrency, removals.length) }, watch));
  return {
    async stop() {
      over.abort();
      await watching;
    },
  };
}
