import { unlessAborted } from "../../support/abortable.ts";
import type { Clock } from "../../support/clock.ts";
import { ulid } from "../../support/ulid.ts";
import { type CarryOutOptions, carryOut, type RepositoryReport, reportUntouched } from "../../untag/carry-out.ts";
import { type Journal, unwritable } from "../../untag/journal/journal.ts";
import type { RepositoryPlan } from "../../untag/plan.ts";
import type { Session } from "../session.ts";
import { holding } from "./holding.ts";
import { type PlanOptions, planRemoval, type RemovalRequest } from "./plan-removal.ts";

/** Where this user keeps what outlives a command. */
export interface Places {
  readonly journal: Journal;
  /** Where repositories are locked: on this machine, whatever the journal's place. */
  readonly locks: string;
}

export interface RemoveOptions extends PlanOptions, Places {
  readonly dryRun: boolean;
  /** Milliseconds to wait for another operation on the same repository. */
  readonly wait: number;
  readonly clock: Clock;
  /** Which host this is, without its name. */
  readonly host: string;
  /** Shown the plan before anything is changed; false ends it there. */
  readonly confirm: (plans: readonly RepositoryPlan[]) => Promise<boolean>;
}

/** What a removal came to. `confirmed` is false where the person said no. */
export interface Removal {
  readonly operation: string;
  readonly dryRun: boolean;
  readonly confirmed: boolean;
  readonly reports: readonly RepositoryReport[];
  readonly requests: number;
  readonly milliseconds: number;
}

/** Removes exactly these tags, each by itself, and reads every repository back. */
export async function removeTags(
  session: Session,
  requests: readonly RemovalRequest[],
  options: RemoveOptions,
): Promise<Removal> {
  const { clock, random, dryRun, journal } = options;
  const began = clock.ticks();
  const before = session.requests();
  const end = (operation: string, reports: readonly RepositoryReport[], confirmed = true): Removal => ({
    operation,
    dryRun,
    confirmed,
    reports,
    requests: session.requests() - before,
    milliseconds: Math.round(clock.ticks() - began),
  });
  // until something is changed, a signal ends it at once
  const plan = () => unlessAborted(planRemoval(session, requests, options), options.signal);
  const untouched = (plans: readonly RepositoryPlan[]) => plans.map((planned) => reportUntouched(planned));
  if (dryRun) return end(ulid(clock.now().getTime(), random(16)), untouched(await plan()));

  return holding(session, requests, options, async () => {
    const operation = await journal.name(clock.now(), random(16)).catch(unwritable);
    const plans = await plan();
    const removes = plans.some(({ lines }) => lines.some(({ act }) => act === "remove"));
    if (removes && !(await unlessAborted(options.confirm(plans), options.signal)))
      return end(operation, untouched(plans), false);
    const { address, registry, takeOut } = session;
    const carrying: CarryOutOptions = { ...options, registry, operation, address, ...(takeOut && { takeOut }) };
    return end(operation, await carryOut(plans, carrying));
  });
}
