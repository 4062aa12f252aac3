import { isAbsent, unlessAbsent } from "../registry/errors.ts";
import type { Digest, Tag } from "../registry/names.ts";
import { pooled } from "../support/pool.ts";
import { readDecoy } from "./decoy.ts";
import { isGone, isStranded, pushedAnew, stranded, type TagOutcome } from "./outcome.ts";
import type { RepositoryPlan } from "./plan.ts";
import { putBack } from "./put-back.ts";
import { deleteOn } from "./strategies/decoy/deleting.ts";
import { rollBack } from "./strategies/decoy/overwriting.ts";
import type { Step, TagRemoval, Work } from "./strategy.ts";

/** The journal's step that records a decoy and its tags before they are pointed at it. */
export type DecoyStep = Extract<Step, { step: "decoy" }>;

interface Facts {
  readonly outcomes: readonly TagOutcome[];
  readonly decoys: readonly DecoyStep[];
  /** The listing after the removal. */
  readonly after: ReadonlySet<Tag>;
}

/** How a tag really ended, by reading it; `left` means that it is still on a decoy, or listed without a manifest. */
type Found = TagOutcome | "left";

/**
 * Checks each outcome against the registry and corrects it: tags that are still there are deleted again, and restored
 * tags that vanished are put back.
 */
export async function settled(work: Work, plan: RepositoryPlan, facts: Facts): Promise<readonly TagOutcome[]> {
  const removals = new Map(plan.lines.flatMap((line) => (line.act === "remove" ? [[line.tag, line] as const] : [])));
  const listed = new Set(plan.survey.listing);
  const found = await pooled(
    facts.outcomes,
    async (outcome): Promise<Found> => {
      const removal = removals.get(outcome.tag);
      if (removal === undefined || isStranded(outcome)) return outcome;
      // a tag that was listed before counts as gone only when the listing does not show it any more
      const isListed = facts.after.has(outcome.tag);
      if (isGone(outcome) && !isListed && listed.has(outcome.tag)) return outcome;
      if (isListed && (outcome.outcome === "failed" || outcome.outcome === "refused")) return outcome;
      const current = await unlessAbsent(work.registry.resolve(work.repository, outcome.tag), undefined);
      const at = { current: current?.digest, isListed, decoys: facts.decoys };
      return isGone(outcome) ? whatRemained(removal, outcome, at) : whatStands(work, removal, { outcome, ...at });
    },
    { concurrency: work.concurrency },
  );
  const left = facts.outcomes.flatMap(({ tag }, index) => (found[index] === "left" ? [removals.get(tag)] : []));
  const ends = await letGo(
    work,
    left.filter((removal) => removal !== undefined),
    facts.decoys,
  );
  return facts.outcomes.map((outcome, index) => {
    const end = found[index];
    return end === undefined || end === "left" ? (ends.get(outcome.tag) ?? outcome) : end;
  });
}

interface At {
  readonly current: Digest | undefined;
  readonly isListed: boolean;
  readonly decoys: readonly DecoyStep[];
}

/** The real end of a tag that the strategy reported as gone. */
function whatRemained(removal: TagRemoval, outcome: TagOutcome, { current, isListed, decoys }: At): Found {
  const { tag, original } = removal;
  if (current === undefined) return isListed ? "left" : outcome;
  if (decoys.some(({ digest }) => digest === current)) return "left";
  if (current !== original.digest) return pushedAnew(removal, current);
  const reason = "the registry said that it removed it, and it still stands";
  return { tag, digest: current, outcome: "failed", reason };
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

/**
 * Deletes the decoys again of tags that the registry reported as removed and still has; what it holds on to is rolled
 * back.
 */
async function letGo(
  work: Work,
  left: readonly TagRemoval[],
  decoys: readonly DecoyStep[],
): Promise<ReadonlyMap<Tag, TagOutcome>> {
  const ends = new Map<Tag, TagOutcome>();
  const chosen = new Map(left.map((removal) => [removal.tag, removal]));
  for (const { digest, manifest: decoy, tags } of decoys.toReversed()) {
    const removals = tags.flatMap((tag) => chosen.get(tag) ?? []).filter(({ tag }) => !ends.has(tag));
    if (removals.length === 0) continue;
    const { outcomes, held, because } = await deleteOn(work, { decoy, digest, removals });
    const back = await rollBack(work, { digest }, held, because);
    for (const outcome of [...outcomes, ...back]) ends.set(outcome.tag, outcome);
  }
  for (const removal of left) if (!ends.has(removal.tag)) ends.set(removal.tag, stillListed(removal));
  return ends;
}

function stillListed({ tag, original: { digest } }: TagRemoval): TagOutcome {
  const reason = "the registry does not let go of it: it is still listed; `tagwise recover` goes on";
  return { tag, digest, outcome: "failed", code: "STRANDED", reason };
}
