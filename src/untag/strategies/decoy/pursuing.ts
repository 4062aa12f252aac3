import { hasCode, isPassing, RegistryError } from "../../../registry/errors.ts";
import type { Digest, Tag } from "../../../registry/names.ts";
import { everyTag } from "../../../registry/pages.ts";
import { standsAt } from "../../../registry/stands-at.ts";
import { pooled } from "../../../support/pool.ts";
import type { OnDecoy } from "../../decoy.ts";
import { deadlineOf, pauseAfter } from "../../patience.ts";
import type { TagRemoval, Work } from "../../strategy.ts";

/** Where the tags of a decoy stand after its deletion was repeated as often as the patience allows. */
export interface Pursued {
  /** Tags that are still listed, on the decoy or without a manifest. */
  readonly left: readonly TagRemoval[];
  /** Tags that point at something that somebody pushed, with its digest. */
  readonly elsewhere: ReadonlyMap<Tag, Digest>;
  /** The error that the last deletion was answered with; undefined where it succeeded. */
  readonly answer: RegistryError | undefined;
  /** True where a deletion was never answered: the server may still be carrying it out. */
  readonly isAtWork: boolean;
}

interface Pursuit {
  readonly answer: RegistryError | undefined;
  /** Deletes the decoy once more. */
  readonly again: () => Promise<RegistryError | undefined>;
}

/**
 * Deletes the decoy again while tags of the chunk are still listed on it or without a manifest, until the patience
 * ends.
 */
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
    // pushed again, since a tag that is listed without it goes with the next deletion only if that finds a manifest
    await registry.putManifest(repository, chunk.digest, chunk.decoy).catch(ignoreAnswer);
    last = await again();
    isAtWork ||= hasNoAnswer(last);
  }
}

function hasNoAnswer(answer: RegistryError | undefined): boolean {
  return isPassing(answer) && !hasCode(answer, "UNREACHABLE", "TOOMANYREQUESTS");
}

type Standings = Pick<Pursued, "left" | "elsewhere">;

/** Reads where the tags stand, by the listing first: a HEAD with 404 does not prove that a tag is gone. */
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
      const stands = await standsAt(registry, repository, removal.tag);
      if (stands === undefined || stands.digest === decoy) left.push(removal);
      else elsewhere.set(removal.tag, stands.digest);
    },
    { concurrency },
  );
  return { left, elsewhere };
}

/** Where the registry cannot be read, every tag counts as still there. */
function failedToLook(error: unknown, { removals }: OnDecoy): Standings {
  if (error instanceof RegistryError) return { left: removals, elsewhere: new Map() };
  throw error;
}

function ignoreAnswer(error: unknown): void {
  if (!(error instanceof RegistryError)) throw error;
}
