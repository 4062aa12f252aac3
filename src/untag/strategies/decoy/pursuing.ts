import { hasCode, isPassing, RegistryError, unlessAbsent } from "../../../registry/errors.ts";
import type { Digest, Tag } from "../../../registry/names.ts";
import { everyTag } from "../../../registry/pages.ts";
import { pooled } from "../../../support/pool.ts";
import type { OnDecoy } from "../../decoy.ts";
import { deadlineOf, pauseAfter } from "../../patience.ts";
import type { TagRemoval, Work } from "../../strategy.ts";

/** What is known of the tags of a decoy after it was deleted as often as patience allows. */
export interface Pursued {
  /** Tags that are listed on the decoy, or without a manifest, still. */
  readonly left: readonly TagRemoval[];
  /** Tags that stand on what somebody pushed. */
  readonly elsewhere: ReadonlyMap<Tag, Digest>;
  /** The last deletion's answer; undefined where it was said to be done. */
  readonly answer: RegistryError | undefined;
  /** Of some deletion no answer came: the server may be at it yet. */
  readonly isAtWork: boolean;
}

interface Pursuit {
  readonly answer: RegistryError | undefined;
  /** Deletes the decoy once more. */
  readonly again: () => Promise<RegistryError | undefined>;
}

/** Tags of the chunk that are still listed on the decoy, or without a manifest, are deleted again, until none is or the patience ends. */
export async function pursue(work: Work, chunk: OnDecoy, { answer, again }: Pursuit): Promise<Pursued> {
  const { registry, repository, clock } = work;
  const until = deadlineOf(work);
  let last = answer;
  let isAtWork = hasNoAnswer(answer);
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    const found = await stillThere(work, chunk).catch((error) => failedToLook(error, chunk));
    const pause = pauseAfter(last, wait);
    if (found.left.length === 0 || clock.ticks() + pause > until) return { ...found, answer: last, isAtWork };
    await clock.sleep(pause);
    // a tag without its manifest goes with the next deletion only if the manifest is there to be deleted
    await registry.putManifest(repository, chunk.digest, chunk.decoy).catch(ignoreAnswer);
    last = await again();
    isAtWork ||= hasNoAnswer(last);
  }
}

function hasNoAnswer(answer: RegistryError | undefined): boolean {
  return isPassing(answer) && !hasCode(answer, "UNREACHABLE", "TOOMANYREQUESTS");
}

type Standings = Pick<Pursued, "left" | "elsewhere">;

/** HEAD 404 does not prove that a tag is gone: the listing does. */
async function stillThere(
  { registry, repository, concurrency }: Work,
  { digest: decoy, removals }: OnDecoy,
): Promise<Standings> {
  const listing = new Set(await everyTag(registry, repository));
  const left: TagRemoval[] = [];
  const elsewhere = new Map<Tag, Digest>();
  await pooled(
    removals.filter(({ tag }) => listing.has(tag)),
    async (removal) => {
      const stands = await unlessAbsent(registry.resolve(repository, removal.tag), undefined);
      if (stands === undefined || stands.digest === decoy) left.push(removal);
      else elsewhere.set(removal.tag, stands.digest);
    },
    { concurrency },
  );
  return { left, elsewhere };
}

/** While the server is down, or coming back, nothing is known to be gone. */
function failedToLook(error: unknown, { removals }: OnDecoy): Standings {
  if (error instanceof RegistryError) return { left: removals, elsewhere: new Map() };
  throw error;
}

function ignoreAnswer(error: unknown): void {
  if (!(error instanceof RegistryError)) throw error;
}
