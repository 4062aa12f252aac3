import { everyTag } from "../../registry/pages.ts";
import type { Registry } from "../../registry/registry.ts";
import { unlessAborted } from "../../support/abortable.ts";
import type { Clock } from "../../support/clock.ts";
import { ulid } from "../../support/ulid.ts";
import { type CarryOutOptions, carryOut, type RepositoryReport, reportUntouched } from "../../untag/carry-out.ts";
import { type Journal, unwritable } from "../../untag/journal/journal.ts";
import { type RepositoryPlan, withoutGone } from "../../untag/plan.ts";
import type { Session } from "../session.ts";
import { expectServed } from "./expect-served.ts";
import { holding } from "./holding.ts";
import { type PlanOptions, planRemoval, type RemovalRequest } from "./plan-removal.ts";

/** Where this user keeps what outlives a command. */
export interface Places {
  readonly journal: Journal;
  /** Folders in each of which repositories are locked, on this machine, whatever the journal's place. */
  readonly locks: readonly string[];
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
  if (dryRun) {
    const plans = await plan();
    for (const { repository, rehearse } of plans) {
      if (rehearse === undefined) continue;
      const says = `it would be tried on two scratch tags first, and refused where that fails: ${rehearse.because}`;
      options.emit({ kind: "note", repository, says });
    }
    return end(ulid(clock.now().getTime(), random(16)), untouched(plans));
  }

  return holding(session, requests, options, async () => {
    const operation = await journal.name(clock.now(), random(16)).catch(unwritable);
    const plans = await plan();
    if (session.served !== undefined)
      await expectServed(session.served, plans, { ...options, host: session.address.host });
    const removes = plans.some(({ lines }) => lines.some(({ act }) => act === "remove"));
    const asked = clock.ticks();
    if (removes && !(await unlessAborted(options.confirm(plans), options.signal)))
      return end(operation, untouched(plans), false);
    const { address, registry, takeOut } = session;
    const carrying: CarryOutOptions = { ...options, registry, operation, address, ...(takeOut && { takeOut }) };
    const current = clock.ticks() - asked > aMoment ? await seenAgain(registry, plans) : plans;
    return end(operation, await carryOut(current, carrying));
  });
}

/** For how long, in milliseconds, a plan is as good as new. */
const aMoment = 1_000;

/** Tags that somebody removed while a person read the plan are not ours to put back. */
async function seenAgain(
  registry: Pick<Registry, "listTags">,
  plans: readonly RepositoryPlan[],
): Promise<readonly RepositoryPlan[]> {
  const seen: RepositoryPlan[] = [];
  for (const plan of plans) seen.push(withoutGone(plan, new Set(await everyTag(registry, plan.repository))));
  return seen;
}
