import { unlessAbsent } from "../../registry/errors.ts";
import type { Tag } from "../../registry/names.ts";
import type { Work } from "../strategy.ts";
import type { Original } from "../survey.ts";
import type { Chunk } from "./decoy.ts";

/** A deletion this short is over before a push could be told from one that came later. */
const firstLook = 20;
/** A tag is looked at no more often than this, in milliseconds. */
const lookEvery = 10;

/** Watches the tags of a chunk while its decoy is deleted: what is neither original nor decoy is a push. */
export interface Watch {
  /** Ends the watch; gives each pushed manifest, read while it could be. */
  stop(): Promise<ReadonlyMap<Tag, Original>>;
}

export function watchForPushes(work: Work, { digest: decoy, removals }: Chunk): Watch {
  const pushed = new Map<Tag, Original>();
  let stopped = false;
  let next = 0;
  const looked = new Map<Tag, number>();

  async function look(): Promise<void> {
    const removal = removals[next++ % removals.length];
    if (removal === undefined) return;
    const { tag, original } = removal;
    const since = work.clock.ticks() - (looked.get(tag) ?? Number.NEGATIVE_INFINITY);
    if (since < lookEvery) return work.clock.sleep(lookEvery - since);
    looked.set(tag, work.clock.ticks());
    const current = await unlessAbsent(work.registry.resolve(work.repository, tag), undefined);
    if (current === undefined || [decoy, original.digest, pushed.get(tag)?.digest].includes(current.digest)) return;
    const manifest = await work.registry.getManifest(work.repository, current.digest);
    pushed.set(tag, { digest: current.digest, manifest });
  }

  async function watch(): Promise<void> {
    await work.clock.sleep(firstLook);
    while (!stopped) await look().catch(() => work.clock.sleep(lookEvery)); // a busy server must not stop the watch
  }

  const watchers = Promise.all(Array.from({ length: Math.min(4, work.concurrency, removals.length) }, watch));
  return {
    async stop() {
      stopped = true;
      await watchers;
      return pushed;
    },
  };
}
