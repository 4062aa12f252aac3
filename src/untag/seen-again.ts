import { everyTag } from "../registry/pages.ts";
import type { Registry } from "../registry/registry.ts";
import type { Clock } from "../support/clock.ts";
import { type RepositoryPlan, withoutGone } from "./plan.ts";

/** A plan older than this, in milliseconds, is checked against a new listing. */
const aMoment = 1_000;

/** Where a plan is to be carried out, and when it was made, in the clock's ticks. */
interface Seen {
  readonly registry: Pick<Registry, "listTags">;
  readonly clock: Pick<Clock, "ticks">;
  readonly at: number;
}

/**
 * The plan as it is now: where some time has passed, the repository is listed again, since tags that somebody removed
 * meanwhile must not be put back.
 */
export async function seenAgain(plan: RepositoryPlan, { registry, clock, at }: Seen): Promise<RepositoryPlan> {
  if (clock.ticks() - at <= aMoment) return plan;
  return withoutGone(plan, new Set(await everyTag(registry, plan.repository)));
}
