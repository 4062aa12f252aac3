import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { asideFolder } from "../distribution/own-paths.ts";
import { batches } from "../support/batches.ts";
import { failsClosed } from "./fails-closed.ts";
import { restoreReferenced } from "./restore.ts";
import { type Run, setAsideBy, writeRun } from "./runs.ts";
import { type SurveyOptions, survey } from "./survey.ts";

/** How a tree is read before a purge. */
export type PurgeOptions = Omit<SurveyOptions, "tidy" | "grace" | "untagged">;

/** The result of a purge: the paths that were put back, and how many files were deleted. */
export interface Purged {
  readonly run: Run;
  readonly restored: readonly string[];
  readonly deleted: number;
}

/**
 * Deletes what a run has set aside, after marking everything again and putting back what is in use. The caller must
 * have made sure that no cache of the registry still claims to have what lies aside. Throws `NOT_UNDERSTOOD`.
 */
export async function purge(driver: StorageDriver, run: Run, options: PurgeOptions): Promise<Purged> {
  const found = await survey(driver, { ...options, grace: 0, untagged: false, tidy: new Set() });
  const restored = await restoreReferenced(driver, found, options.emit);
  const { problems } = found.snapshot;
  if (problems.length > 0) throw failsClosed(problems);
  const paths = await setAsideBy(driver, run.run);
  let deleted = 0;
  for (const some of batches(paths, 1_000)) {
    await driver.deleteAll(some);
    deleted += some.length;
    options.emit({ kind: "progress", phase: "deleting", done: deleted, total: paths.length });
  }
  await driver.prune(asideFolder(run.run));
  const purged: Run = { ...run, state: stateAfter(run, deleted) };
  await writeRun(driver, purged);
  return { run: purged, restored, deleted };
}

/** The state of the run afterwards; a restored or deleted run of which nothing was left keeps its state. */
function stateAfter({ state }: Run, deleted: number): Run["state"] {
  return deleted === 0 && (state === "restored" || state === "deleted") ? state : "purged";
}
