import { createHash } from "node:crypto";
import { removeLeftovers } from "../../distribution/leftovers.ts";
import type { Store } from "../../distribution/store.ts";
import type { EmitCollect } from "../../gc/events.ts";
import { failsClosed } from "../../gc/fails-closed.ts";
import { type Plan, planCollection } from "../../gc/plan.ts";
import { restoreReferenced } from "../../gc/restore.ts";
import { closeRun, listRuns, type Run } from "../../gc/runs.ts";
import { type Survey, type SurveyOptions, type SurveyRules, survey } from "../../gc/survey.ts";
import { type Swept, sweep } from "../../gc/sweep.ts";
import { RegistryError } from "../../registry/errors.ts";
import type { Clock } from "../../support/clock.ts";
import { holderInWords, type Lock, tryLocks } from "../../support/lock.ts";
import { identityOf, isProvablyDead, isThisProcess } from "../../support/process-identity.ts";
import { ulid } from "../../support/ulid.ts";

export interface StoreWork {
  readonly clock: Clock;
  /** Where stores are locked on this machine. */
  readonly locks: readonly string[];
  readonly emit: EmitCollect;
  readonly signal?: AbortSignal | undefined;
}

export interface CollectOptions extends StoreWork, SurveyRules {
  readonly dryRun: boolean;
  /** Set aside rather than delete. */
  readonly quarantine: boolean;
  readonly random: (bytes: number) => Uint8Array;
  /** Shown what will go before anything is changed; false ends it there. */
  readonly confirm: (collection: Collection) => Promise<boolean>;
}

/** What a collection will do, or did. */
export interface Collection {
  readonly run: string;
  readonly dryRun: boolean;
  readonly survey: Survey;
  readonly plan: Plan;
  /** Undefined where nothing was changed. */
  readonly swept: Swept | undefined;
  /** Paths that came back from earlier runs before anything else was done. */
  readonly restored: readonly string[];
  /** Earlier runs that were cut off, and are closed by this one. */
  readonly cutOff: readonly string[];
}

/** Collects the garbage of a store: what earlier runs took and is in use again comes back first. Fails closed. */
export async function collectGarbage(store: Store, options: CollectOptions): Promise<Collection> {
  const { driver } = store;
  const { dryRun, clock, random } = options;
  const run = ulid(clock.now().getTime(), random(16));
  const look = () => survey(driver, surveyOptions(options));
  const end = (found: Survey, more: Partial<Collection> = {}): Collection => {
    const plan = planCollection(found, options);
    return { run, dryRun, survey: found, plan, swept: undefined, restored: [], cutOff: [], ...more };
  };
  if (dryRun) return refusingProblems(end(await look()));

  return locked(store, options, async () => {
    const cutOff = await closeCutOff(store);
    await removeLeftovers(driver, clock.now());
    const first = await look();
    const restored = await restoreReferenced(driver, first, options.emit);
    const found = restored.length === 0 ? first : await look();
    const collection = refusingProblems(end(found, { restored, cutOff }));
    if (isNothing(collection.plan) || !(await options.confirm(collection))) return collection;
    const by = await identityOf(process.pid);
    const sweeping = { ...surveyOptions(options), clock, quarantine: options.quarantine };
    const swept = await sweep(driver, collection.plan, { ...sweeping, run: { run, at: clock.now(), by } });
    return { ...collection, swept };
  });
}

/** Runs work while no other tagwise on this machine works on the same store. Throws `LOCKED`. */
export async function locked<Result>(
  { name }: Store,
  { locks }: Pick<StoreWork, "locks">,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = await tryLocks({
    directories: locks,
    name: createHash("sha256").update(name).digest("hex").slice(0, 32),
  });
  if (!("release" in lock)) {
    throw new RegistryError("LOCKED", `another tagwise is at work on this store (${holderInWords(lock)})`, {
      said: "BUSY",
      next: `wait for it; if that host is gone for good, remove ${lock.file}`,
      status: 503,
    });
  }
  return work().finally(() => (lock satisfies Lock).release());
}

function surveyOptions(options: StoreWork & SurveyRules): SurveyOptions {
  const { grace, untagged, tidy, clock, emit, signal } = options;
  return { grace, untagged, tidy, emit, now: clock.now(), sleep: clock.sleep, signal };
}

/** A run that was cut off has set aside what lies there: it is closed as it is, and this run goes on with the rest. */
export async function closeCutOff({ driver }: Store): Promise<readonly string[]> {
  const open = (await listRuns(driver)).filter(({ state }) => state === "open");
  for (const run of open) {
    if (!(await isOver(run))) throw stillOpen(run);
    await closeRun(driver, run);
  }
  return open.map(({ run }) => run);
}

async function isOver({ by }: Run): Promise<boolean> {
  return (await isThisProcess(by)) || isProvablyDead(by); // this process holds the store's lock: it runs no other
}

function stillOpen({ run, by }: Run): RegistryError {
  return new RegistryError("LOCKED", `run ${run} of process ${by.pid} on ${by.host} may still be at work`, {
    said: "BUSY",
    next: `if it is not, put back what it took, from any host: tagwise gc restore STORE ${run}`,
    status: 503,
  });
}

function refusingProblems(collection: Collection): Collection {
  if (collection.plan.problems.length > 0) throw failsClosed(collection.plan.problems);
  return collection;
}

function isNothing({ manifests, layerLinks, blobs, tidying }: Plan): boolean {
  return manifests.length + layerLinks.length + blobs.length + tidying.length === 0;
}
