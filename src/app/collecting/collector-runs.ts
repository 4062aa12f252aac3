import type { Store } from "../../distribution/store.ts";
import { purge } from "../../gc/purge.ts";
import { restoreRun } from "../../gc/restore.ts";
import { listRuns, type Run, readRun, writeRun } from "../../gc/runs.ts";
import { closeCutOff, locked, type StoreWork } from "./collect-garbage.ts";

/** A run of the collector as JSON for scripts; `restarted` is when the registry was restarted after it. */
export interface RunDocument {
  readonly run: string;
  readonly at: string;
  readonly state: Run["state"];
  readonly restarted: string | null;
  readonly manifests: number;
  readonly layerLinks: number;
  readonly blobs: number;
  readonly bytes: number;
}

/** What `restore` or `purge` did with a run: the paths put back, and how many files were deleted. */
export interface RunChange {
  readonly run: RunDocument;
  readonly restored: readonly string[];
  readonly deleted: number;
}

/** Reads the records of every run in a store, oldest first. */
export async function collectorRuns({ driver }: Store): Promise<readonly RunDocument[]> {
  return (await listRuns(driver)).map(runDocument);
}

/** Reads the record of one run. Throws where there is no run of that name. */
export async function collectorRun({ driver }: Store, name: string): Promise<RunDocument> {
  return runDocument(await readRun(driver, name));
}

/** Puts back everything that a run set aside, except files that exist again. Throws `LOCKED`. */
export function restoreCollection(store: Store, name: string, work: StoreWork): Promise<RunChange> {
  return locked(store, work, async () => {
    const found = await readRun(store.driver, name);
    const restored = await restoreRun(store.driver, name, work.emit);
    const isGone = found.state === "purged" || found.state === "deleted";
    const run: Run = isGone ? found : { ...found, state: "restored" };
    await writeRun(store.driver, run);
    return { run: runDocument(run), restored, deleted: 0 };
  });
}

/**
 * Deletes what a run set aside, after putting back what is in use again. The caller has made sure of the registry's
 * cache. Throws `LOCKED`.
 */
export function purgeCollection(store: Store, name: string, work: StoreWork): Promise<RunChange> {
  return locked(store, work, async () => {
    await closeCutOff(store);
    const found = await readRun(store.driver, name);
    const { clock, emit, signal } = work;
    const options = { emit, signal, now: clock.now(), sleep: clock.sleep };
    const { run, restored, deleted } = await purge(store.driver, found, options);
    return { run: runDocument(run), restored, deleted };
  });
}

/** Records that the registry was restarted after a run. */
export async function noteRestart({ driver }: Store, name: string, at: Date): Promise<void> {
  await writeRun(driver, { ...(await readRun(driver, name)), restarted: at });
}

function runDocument({ run, at, state, restarted, manifests, layerLinks, blobs, bytes }: Run): RunDocument {
  const [started, anew] = [at.toISOString(), restarted?.toISOString() ?? null];
  return { run, at: started, state, restarted: anew, manifests, layerLinks, blobs, bytes };
}
