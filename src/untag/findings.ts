import { isAbsent } from "../registry/errors.ts";
import type { Digest, Tag } from "../registry/names.ts";
import { standsAt } from "../registry/stands-at.ts";
import { pooled } from "../support/pool.ts";
import { readDecoy } from "./decoy.ts";
import { isGone, isStranded, pushedAnew, stranded, type TagOutcome } from "./outcome.ts";
import type { RepositoryPlan } from "./plan.ts";
import { putBack } from "./put-back.ts";
import type { Step, TagRemoval, Work } from "./strategy.ts";

/** The journal's step that records a decoy and its tags before they are pointed at it. */
export type DecoyStep = Extract<Step, { step: "decoy" }>;

/** What a strategy reported, and where to look for it. */
export interface Facts {
  readonly outcomes: readonly TagOutcome[];
  readonly decoys: readonly DecoyStep[];
  /** The listing after the removal. */
  readonly after: ReadonlySet<Tag>;
}

/**
 * How a tag really ended, by reading it: `left` is still on a decoy, or listed without a manifest; `late` stands as if
 * nobody had deleted it, and is its outcome if that remains so.
 */
export type Found = TagOutcome | "left" | { readonly late: TagOutcome };

/** Looks where each tag stands, and puts back those that were kept or restored and vanished. */
export async function findingsOf(work: Work, plan: RepositoryPlan, facts: Facts): Promise<Map<Tag, Found>> {
  const removals = removalsOf(plan);
  const listed = new Set(plan.survey.listing);
  const found = await pooled(
    facts.outcomes,
    async (outcome): Promise<readonly [Tag, Found]> => {
      const { tag } = outcome;
      const removal = removals.get(tag);
      if (removal === undefined || isStranded(outcome)) return [tag, outcome];
      // a tag that was listed before counts as gone only when the listing does not show it any more
      const isListed = facts.after.has(tag);
      if (isGone(outcome) && !isListed && listed.has(tag)) return [tag, outcome];
      if (isListed && (outcome.outcome === "failed" || outcome.outcome === "refused")) return [tag, outcome];
      const current = await standsAt(work.registry, work.repository, tag);
      const at = { current: current?.digest, isListed, decoys: facts.decoys };
      return [
        tag,
        isGone(outcome) ? whatRemained(removal, outcome, at) : await whatStands(work, removal, { outcome, ...at }),
      ];
    },
    { concurrency: work.concurrency },
  );
  return new Map(found);
}

/** The tags that a plan removes. */
export function removalsOf({ lines }: RepositoryPlan): ReadonlyMap<Tag, TagRemoval> {
  return new Map(lines.flatMap((line) => (line.act === "remove" ? [[line.tag, line] as const] : [])));
}

interface At {
  readonly current: Digest | undefined;
  readonly isListed: boolean;
  readonly decoys: readonly DecoyStep[];
}

/** The real end of a tag that the strategy reported as gone. */
function whatRemained(removal: TagRemoval, outcome: TagOutcome, { current, isListed, decoys }: At): Found {
  const { tag, original } = removal;
  if (current === undefined && !isListed) return outcome;
  if (decoys.some(({ digest, tags }) => (current === undefined ? tags.includes(tag) : digest === current)))
    return "left";
  if (current === undefined) return { late: stillListed(removal) };
  return current === original.digest ? { late: stillStanding(removal) } : pushedAnew(removal, current);
}

function stillListed({ tag, original: { digest } }: TagRemoval): TagOutcome {
  const reason = "the registry does not let go of it: it is still listed; `tagwise recover` goes on";
  return { tag, digest, outcome: "failed", code: "STRANDED", reason };
}

function stillStanding({ tag, original: { digest } }: TagRemoval): TagOutcome {
  const reason = "the registry said that it removed it, and it still stands; `tagwise recover` looks again";
  return { tag, digest, outcome: "failed", unanswered: true, reason };
}

interface Said extends At {
  readonly outcome: TagOutcome;
}

/**
 * The real end of a tag that the strategy reported as not removed; one that was kept or put back and has vanished is
 * put back again.
 */
async function whatStands(work: Work, removal: TagRemoval, { outcome, current, decoys }: Said): Promise<Found> {
  const { tag, original } = removal;
  if (current !== undefined) {
    if (decoys.some(({ digest }) => digest === current)) return "left";
    return outcome.outcome === "restored" && current !== original.digest ? pushedAnew(removal, current) : outcome;
  }
  if (outcome.outcome === "failed") return { tag, digest: original.digest, outcome: "removed" };
  if (outcome.outcome === "refused") return { tag, digest: original.digest, outcome: "absent" };
  return putAgain(work, removal, outcome).catch((error): TagOutcome => {
    // absent: somebody pushed to the tag and then deleted that push with its manifest
    return isAbsent(error) ? { tag, digest: original.digest, outcome: "absent" } : stranded(removal, error);
  });
}

async function putAgain(work: Work, removal: TagRemoval, outcome: TagOutcome): Promise<TagOutcome> {
  const { tag, original } = removal;
  const { digest = original.digest } = outcome;
  const manifest =
    digest === original.digest ? original.manifest : await work.registry.getManifest(work.repository, digest);
  if (readDecoy(manifest) !== undefined) return { tag, digest: original.digest, outcome: "absent" };
  const stands = await putBack(work, tag, manifest);
  return stands === digest ? outcome : pushedAnew(removal, stands);
}
