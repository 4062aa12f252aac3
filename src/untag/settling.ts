import type { Tag } from "../registry/names.ts";
import { everyTag } from "../registry/pages.ts";
import { type DecoyStep, type Facts, type Found, findingsOf, removalsOf } from "./findings.ts";
import type { TagOutcome } from "./outcome.ts";
import { lookUntil } from "./patience.ts";
import type { RepositoryPlan } from "./plan.ts";
import { deleteOn } from "./strategies/decoy/deleting.ts";
import { rollBack } from "./strategies/decoy/overwriting.ts";
import type { TagRemoval, Work } from "./strategy.ts";

/**
 * Checks each outcome against the registry and corrects it: a deletion that does not show yet is waited for, tags that
 * are still on a decoy are deleted again, and restored tags that vanished are put back.
 */
export async function settled(work: Work, plan: RepositoryPlan, facts: Facts): Promise<readonly TagOutcome[]> {
  const found = await findingsOf(work, plan, facts);
  const late = facts.outcomes.filter(({ tag }) => isLate(found.get(tag)));
  if (late.length > 0)
    for (const [tag, end] of await waitedFor(work, plan, { ...facts, outcomes: late })) found.set(tag, end);
  const removals = removalsOf(plan);
  const left = facts.outcomes.flatMap(({ tag }) => (found.get(tag) === "left" ? (removals.get(tag) ?? []) : []));
  const ends = await letGo(work, left, facts.decoys);
  return facts.outcomes.map((outcome) => {
    const end = found.get(outcome.tag);
    if (end === undefined || end === "left") return ends.get(outcome.tag) ?? outcome;
    return isLate(end) ? end.late : end;
  });
}

/** Looks again, as long as the patience lasts, until each of the tags shows that it was deleted, or is elsewhere. */
function waitedFor(work: Work, plan: RepositoryPlan, facts: Facts): Promise<ReadonlyMap<Tag, Found>> {
  const { registry, repository } = work;
  const look = async () => findingsOf(work, plan, { ...facts, after: new Set(await everyTag(registry, repository)) });
  return lookUntil(work, look, (found) => ![...found.values()].some(isLate));
}

function isLate(found: Found | undefined): found is Extract<Found, { late: TagOutcome }> {
  return typeof found === "object" && "late" in found;
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
    const back = await rollBack(work, { digest, certain: new Set(tags) }, held, because);
    for (const outcome of [...outcomes, ...back]) ends.set(outcome.tag, outcome);
  }
  return ends;
}
