import { filesBelow } from "../distribution/drivers/below.ts";
import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { asidePath } from "../distribution/own-paths.ts";
import { linkIn, revisionFolder } from "../distribution/paths.ts";
import { isDigestText } from "../registry/names.ts";
import { batches } from "../support/batches.ts";
import type { CollectPhase } from "./events.ts";
import { failsClosed } from "./fails-closed.ts";
import { type BlobLine, type Plan, planCollection } from "./plan.ts";
import { putBackAll, stopped } from "./put-back.ts";
import { restoreReferenced } from "./restore.ts";
import { type Run, setAsideBy, writeRun } from "./runs.ts";
import { type Survey, type SurveyOptions, survey } from "./survey.ts";
import type { TidyLine } from "./tidy.ts";

/** How a plan is carried out. */
export interface SweepOptions extends SurveyOptions {
  readonly run: Pick<Run, "run" | "at" | "by">;
  /** True to move blobs aside instead of deleting them. */
  readonly quarantine: boolean;
  readonly clock: { readonly now: () => Date };
}

/** The result of a sweep: the blobs that were really removed. */
export interface Swept {
  readonly run: Run;
  readonly blobs: readonly BlobLine[];
  /** Paths that were put back because they were in use again. */
  readonly restored: readonly string[];
}

/**
 * Carries a plan out while the registry is running. Links go first, so that the registry stops claiming to have the
 * blobs; then everything is marked again, what is in use again is put back, and only then do the blobs go. If anything
 * fails, everything that this run set aside is put back.
 */
export async function sweep(driver: StorageDriver, plan: Plan, options: SweepOptions): Promise<Swept> {
  const counts = { manifests: plan.manifests.length, layerLinks: plan.layerLinks.length };
  const run: Run = { ...options.run, state: "open", ...counts, blobs: plan.blobs.length, bytes: bytesOf(plan.blobs) };
  await writeRun(driver, run);
  const back = (error: unknown) => putBackAll(driver, run, { ...options, error });
  const { again, restored } = await unlink(driver, plan, options).catch(back);
  const takenBlobs = takeBlobs(driver, { plan, again, run }, options);
  // without quarantine, deleted blobs cannot come back, so the links to them must not either
  const { ended, blobs } = await takenBlobs.catch(options.quarantine ? back : (error) => stopped(run, error));
  return { run: ended, blobs, restored };
}

/** Sets the links aside and marks again. */
async function unlink(driver: StorageDriver, plan: Plan, options: SweepOptions): Promise<Again> {
  const links = [...plan.layerLinks, ...plan.manifests].map(({ path }) => path);
  await taking(driver, options.run.run, { ...options, quarantine: true })("unlinking", links);
  const looked = await markAgain(driver, { ...options, now: options.clock.now() });
  // something that is not understood may refer to what was taken
  if (looked.again.problems.length > 0) throw failsClosed(looked.again.problems);
  return looked;
}

interface Taking {
  readonly plan: Plan;
  readonly again: Plan;
  readonly run: Run;
}

async function takeBlobs(driver: StorageDriver, { plan, again, run }: Taking, options: SweepOptions) {
  const { quarantine } = options;
  const stillGoing = new Set(again.blobs.map(({ path }) => path));
  const going = plan.blobs.filter(({ path }) => stillGoing.has(path));
  const paths = going.map(({ path }) => path);
  const blobs = going.slice(0, await taking(driver, run.run, options)("moving", paths));
  const takeOut = taking(driver, run.run, { ...options, quarantine: true });
  await tidyUp(driver, bothPlanned(plan.tidying, again.tidying), takeOut);
  if (!quarantine) await driver.deleteAll(await setAsideBy(driver, run.run));
  const ended: Run = { ...run, state: quarantine ? "swept" : "deleted", blobs: blobs.length, bytes: bytesOf(blobs) };
  await writeRun(driver, ended);
  return { ended, blobs };
}

type Again = { readonly again: Plan; readonly restored: readonly string[] };

async function markAgain(driver: StorageDriver, options: SweepOptions): Promise<Again> {
  options.signal?.throwIfAborted();
  const found: Survey = await survey(driver, options);
  const restored = await restoreReferenced(driver, found, options.emit);
  if (restored.length === 0) return { again: planCollection(found, options), restored };
  return { again: planCollection(await survey(driver, options), options), restored };
}

/** Takes files out of the tree; resolves to how many were taken before an interruption. */
type TakeOut = (phase: CollectPhase, paths: readonly string[]) => Promise<number>;

function taking(driver: StorageDriver, run: string, { quarantine, emit, signal }: SweepOptions): TakeOut {
  return async (phase, paths) => {
    let done = 0;
    for (const some of batches(paths, 1_000)) {
      if (signal?.aborted) return done;
      if (quarantine) await driver.moveAll(some.map((from) => ({ from, to: asidePath(run, from) })));
      else await driver.deleteAll(some);
      done += some.length;
      emit({ kind: "progress", phase, done, total: paths.length });
    }
    return done;
  };
}

function bothPlanned(before: readonly TidyLine[], now: readonly TidyLine[]): readonly TidyLine[] {
  const planned = new Set(before.map(({ paths }) => paths.join()));
  return now.filter(({ paths }) => planned.has(paths.join()));
}

async function tidyUp(driver: StorageDriver, lines: readonly TidyLine[], takeOut: TakeOut): Promise<void> {
  for (const line of lines) {
    const isPushedTo = line.what === "tag" && (await leadsSomewhere(driver, line));
    if (!isPushedTo) await tidyOne(driver, line, takeOut);
  }
}

async function tidyOne(driver: StorageDriver, { what, paths }: TidyLine, takeOut: TakeOut): Promise<void> {
  if (what === "history") await takeOut("unlinking", paths);
  else if (what !== "repository") for (const path of paths) await takeOut("unlinking", await filesBelow(driver, path));
  for (const path of paths) await driver.prune(what === "history" ? parentOf(path) : path);
}

/** True for a tag that leads to a manifest now. */
async function leadsSomewhere(driver: StorageDriver, { repository, paths: [folder = ""] }: TidyLine): Promise<boolean> {
  const current = await driver.read(linkIn(`${folder}/current`));
  const digest = current && new TextDecoder().decode(current);
  if (!digest || !isDigestText(digest)) return false;
  return (await driver.read(linkIn(revisionFolder(repository, digest)))) !== undefined;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function bytesOf(blobs: readonly BlobLine[]): number {
  return blobs.reduce((sum, { size }) => sum + size, 0);
}
