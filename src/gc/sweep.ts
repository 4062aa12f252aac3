import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { asidePath } from "../distribution/paths.ts";
import type { CollectPhase, EmitCollect } from "./events.ts";
import { failsClosed } from "./fails-closed.ts";
import { type BlobLine, type Plan, planCollection } from "./plan.ts";
import { restoreReferenced, restoreRun } from "./restore.ts";
import { type Run, setAsideBy, writeRun } from "./runs.ts";
import { type Survey, type SurveyOptions, survey } from "./survey.ts";
import type { TidyLine } from "./tidy.ts";

export interface SweepOptions extends SurveyOptions {
  readonly run: Pick<Run, "run" | "at" | "by">;
  /** Set aside rather than delete. */
  readonly quarantine: boolean;
  readonly clock: { readonly now: () => Date };
}

/** What a sweep came to. */
export interface Swept {
  readonly run: Run;
  readonly blobs: readonly BlobLine[];
  /** Paths that came back because they were in use again. */
  readonly restored: readonly string[];
}

/**
 * Carries a plan out while the registry goes on: links first, so that nobody is told any more that a blob is there;
 * then everything is marked again, what is in use again comes back, and only then do the blobs go.
 */
export async function sweep(driver: StorageDriver, plan: Plan, options: SweepOptions): Promise<Swept> {
  const { quarantine, emit, clock } = options;
  const links = [...plan.layerLinks, ...plan.manifests].map(({ path }) => path);
  const counts = { manifests: plan.manifests.length, layerLinks: plan.layerLinks.length };
  const run: Run = { ...options.run, state: "open", ...counts, blobs: plan.blobs.length, bytes: bytesOf(plan.blobs) };
  await writeRun(driver, run);
  const takeOut = taking(driver, run.run, { ...options, quarantine: true });
  await takeOut("unlinking", links);
  const looked = markAgain(driver, { ...options, now: clock.now() });
  const { again, restored } = await looked.catch((error) => putBackIfInterrupted(driver, run, { ...options, error }));
  if (again.problems.length > 0) return callOff(driver, run, again, emit);
  const stillGoing = new Set(again.blobs.map(({ path }) => path));
  const going = plan.blobs.filter(({ path }) => stillGoing.has(path));
  const paths = going.map(({ path }) => path);
  const blobs = going.slice(0, await taking(driver, run.run, options)("moving", paths));
  await tidyUp(driver, bothPlanned(plan.tidying, again.tidying), takeOut);
  if (!quarantine) await driver.deleteAll(await setAsideBy(driver, run.run));
  const ended: Run = { ...run, state: quarantine ? "swept" : "deleted", blobs: blobs.length, bytes: bytesOf(blobs) };
  await writeRun(driver, ended);
  return { run: ended, blobs, restored };
}

/** Nothing but links went so far: they go back, so that what was interrupted has changed nothing. */
async function putBackIfInterrupted(
  driver: StorageDriver,
  run: Run,
  { signal, emit, error }: SweepOptions & { readonly error: unknown },
): Promise<never> {
  if (signal?.aborted) {
    await restoreRun(driver, run.run, emit);
    await writeRun(driver, { ...run, state: "restored" });
  }
  throw error;
}

/** Puts everything back: what cannot be understood may lead to what was taken. */
async function callOff(driver: StorageDriver, run: Run, { problems }: Plan, emit: EmitCollect): Promise<never> {
  await restoreRun(driver, run.run, emit);
  await writeRun(driver, { ...run, state: "restored" });
  throw failsClosed(problems);
}

type Again = { readonly again: Plan; readonly restored: readonly string[] };

async function markAgain(driver: StorageDriver, options: SweepOptions): Promise<Again> {
  options.signal?.throwIfAborted();
  const found: Survey = await survey(driver, options);
  const restored = await restoreReferenced(driver, found, options.emit);
  if (restored.length === 0) return { again: planCollection(found, options), restored };
  return { again: planCollection(await survey(driver, options), options), restored };
}

/** Takes files out of the tree; resolves to how many, which are fewer where it was interrupted. */
type TakeOut = (phase: CollectPhase, paths: readonly string[]) => Promise<number>;

function taking(driver: StorageDriver, run: string, { quarantine, emit, signal }: SweepOptions): TakeOut {
  const many = { signal };
  return async (phase, paths) => {
    for (let start = 0; start < paths.length; start += 1_000) {
      if (signal?.aborted) return start;
      const some = paths.slice(start, start + 1_000);
      if (quarantine)
        await driver.moveAll(
          some.map((from) => ({ from, to: asidePath(run, from) })),
          many,
        );
      else await driver.deleteAll(some, many);
      emit({ kind: "progress", phase, done: start + some.length, total: paths.length });
    }
    return paths.length;
  };
}

function bothPlanned(before: readonly TidyLine[], now: readonly TidyLine[]): readonly TidyLine[] {
  const planned = new Set(before.map(({ paths }) => paths.join()));
  return now.filter(({ paths }) => planned.has(paths.join()));
}

async function tidyUp(driver: StorageDriver, lines: readonly TidyLine[], takeOut: TakeOut): Promise<void> {
  for (const { what, paths } of lines) {
    if (what === "history") await takeOut("unlinking", paths);
    else if (what !== "repository") for (const path of paths) await takeOut("unlinking", await filesIn(driver, path));
    for (const path of paths) await driver.prune(what === "history" ? parentOf(path) : path);
  }
}

async function filesIn(driver: StorageDriver, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const batch of driver.walk(folder, { facts: false })) for (const { path } of batch) found.push(path);
  return found.filter((path) => !path.endsWith("/"));
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function bytesOf(blobs: readonly BlobLine[]): number {
  return blobs.reduce((sum, { size }) => sum + size, 0);
}
