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

/** What any work on a store needs. */
export interface StoreWork {
  readonly clock: Clock;
  /** The folders in which stores are locked on this machine. */
  readonly locks: readonly string[];
  readonly emit: EmitCollect;
  readonly signal?: AbortSignal | undefined;
}

/** How a collection is carried out. */
export interface CollectOptions extends StoreWork, SurveyRules {
  readonly dryRun: boolean;
  /** True to move files into the run's quarantine instead of deleting them. */
  readonly quarantine: boolean;
  readonly random: (bytes: number) => Uint8Array;
  /** Is given the plan before anything is deleted; resolves to false to stop there. */
  readonly confirm: (collection: Collection) => Promise<boolean>;
}

/** What a collection will do, or did. */
export interface Collection {
  readonly run: string;
  readonly dryRun: boolean;
  readonly survey: Survey;
  readonly plan: Plan;
  /** Undefined where nothing was swept: a dry run, nothing to do, or not confirmed. */
  readonly swept: Swept | undefined;
  /** Paths that were put back from earlier runs' quarantine, because they are in use again. */
  readonly restored: readonly string[];
  /** The names of earlier runs that were cut off and that this run closed. */
  readonly cutOff: readonly string[];
}

/**
 * Collects a store's garbage, after putting back what earlier runs took and is in use again. Throws, deleting nothing,
 * on anything unreadable.
 */
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

/**
 * Runs work while holding this machine's lock on the store. Throws `LOCKED`, without waiting, where another tagwise
 * holds it.
 */
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

/**
 * Closes runs that were cut off, leaving aside what they had set aside; returns their names. Throws `LOCKED` where one
 * may still be running.
 */
export async function closeCutOff({ driver }: Store): Promise<readonly string[]> {
  const open = (await listRuns(driver)).filter(({ state }) => state === "open");
  for (const run of open) {
    if (!(await isOver(run))) throw stillOpen(run);
    await closeRun(driver, run);
  }
  return open.map(({ run }) => run);
}

async function isOver({ by }: Run): Promise<boolean> {
  return (await isThisProcess(by)) || isProvablyDead(by); // our lock excludes other runs here
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
