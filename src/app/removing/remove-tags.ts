import { unlessAborted } from "../../support/abortable.ts";
import type { Clock } from "../../support/clock.ts";
import { ulid } from "../../support/ulid.ts";
import { type CarryOutOptions, carryOut } from "../../untag/carry-out.ts";
import { type Journal, unwritable } from "../../untag/journal/journal.ts";
import type { RepositoryPlan } from "../../untag/plan.ts";
import { type RepositoryReport, reportUntouched } from "../../untag/report.ts";
import { seenAgain } from "../../untag/seen-again.ts";
import type { Session } from "../session.ts";
import { expectServed } from "./expect-served.ts";
import { holding } from "./holding.ts";
import { type PlanOptions, planRemoval, type RemovalRequest } from "./plan-removal.ts";

/** Where this user's journal and locks are kept. */
export interface Places {
  readonly journal: Journal;
  /** The folders, each of which is used, in which repositories are locked on this machine, wherever the journal is. */
  readonly locks: readonly string[];
}

/** How tags are removed. */
export interface RemoveOptions extends PlanOptions, Places {
  readonly dryRun: boolean;
  /** Milliseconds to wait for another operation on the same repository. */
  readonly wait: number;
  readonly clock: Clock;
  /** A mark of this host that does not reveal its name; see `hostMark`. */
  readonly host: string;
  /** Is given the plans before anything is removed; resolves to false to stop there. */
  readonly confirm: (plans: readonly RepositoryPlan[]) => Promise<boolean>;
}

/** The result of a removal. `confirmed` is false where the person declined. */
export interface Removal {
  readonly operation: string;
  readonly dryRun: boolean;
  readonly confirmed: boolean;
  readonly reports: readonly RepositoryReport[];
  readonly requests: number;
  readonly milliseconds: number;
}

/**
 * Plans, confirms and carries out the removal of exactly these tags, and reads every repository back. Throws `LOCKED`,
 * `JOURNAL_UNWRITABLE`.
 */
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
  // nothing is changed yet, so a signal may stop it at once
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
    const { address, registry, takeOut, retries } = session;
    const carrying: CarryOutOptions = {
      ...options,
      registry,
      operation,
      address,
      ...(takeOut && { takeOut }),
      ...(retries !== undefined && { retries }),
    };
    const current: RepositoryPlan[] = [];
    for (const one of plans) current.push(await seenAgain(one, { registry, clock, at: asked }));
    return end(operation, await carryOut(current, carrying));
  });
}
