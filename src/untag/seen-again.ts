import { everyTag } from "../registry/pages.ts";
import type { Registry } from "../registry/registry.ts";
import type { Clock } from "../support/clock.ts";
import { type RepositoryPlan, withoutGone } from "./plan.ts";

/** A plan older than this, in milliseconds, is checked against a new listing. */
const aMoment = 1_000;

type Lists = Pick<Registry, "listTags">;

/** Where a plan is to be carried out, and when it was made, in the clock's ticks. */
interface Seen {
  readonly registry: Lists;
  readonly clock: Pick<Clock, "ticks">;
  readonly at: number;
}

/** As `listedAgain` where some time has passed. */
export async function seenAgain(plan: RepositoryPlan, { registry, clock, at }: Seen): Promise<RepositoryPlan> {
  return clock.ticks() - at <= aMoment ? plan : listedAgain(plan, registry);
}

/** The plan as it is now: tags that somebody removed meanwhile must not be put back. */
export async function listedAgain(plan: RepositoryPlan, registry: Lists): Promise<RepositoryPlan> {
  return withoutGone(plan, new Set(await everyTag(registry, plan.repository)));
}
