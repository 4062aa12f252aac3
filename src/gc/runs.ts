import * as v from "valibot";
import { filesBelow } from "../distribution/drivers/below.ts";
import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { asideFolder, collectionsFolder, parseAside, runFile } from "../distribution/own-paths.ts";
import { parseStoredPath } from "../distribution/paths.ts";
import { RegistryError } from "../registry/errors.ts";
import { instant } from "../support/instant.ts";
import type { ProcessIdentity } from "../support/process-identity.ts";
import { isUlid } from "../support/ulid.ts";

/**
 * The record of one run of the collector, kept in the store itself and written before the first change and after the
 * last.
 */
export interface Run {
  readonly run: string;
  readonly at: Date;
  /** The process that runs it; from another host, nobody can tell whether it still does. */
  readonly by: ProcessIdentity;
  readonly state: RunState;
  /** When tagwise restarted the registry after the sweep; absent where it did not. */
  readonly restarted?: Date;
  readonly manifests: number;
  readonly layerLinks: number;
  readonly blobs: number;
  /** Bytes of blobs that were set aside or deleted. */
  readonly bytes: number;
}

/**
 * `open` while a run works or where it was cut off; `swept` with files aside; then `restored` or `purged`; `deleted`
 * without quarantine.
 */
export type RunState = "open" | "swept" | "restored" | "purged" | "deleted";

/** Reads the records of all runs, oldest first. Throws `RUN_UNREADABLE`. */
export async function listRuns(driver: StorageDriver): Promise<readonly Run[]> {
  const names = (await driver.list(collectionsFolder)).filter(isUlid).sort();
  const files = await driver.readAll(names.map(runFile));
  return names.flatMap((run, place) => {
    const file = files[place];
    return file === undefined ? [] : [parseRun(run, file)];
  });
}

/** Reads the record of one run. Throws `RUN_UNKNOWN`, `RUN_UNREADABLE`. */
export async function readRun(driver: StorageDriver, run: string): Promise<Run> {
  const file = isUlid(run) ? await driver.read(runFile(run)) : undefined;
  if (file !== undefined) return parseRun(run, file);
  throw new RegistryError("UNKNOWN", `there is no run ${JSON.stringify(run)} in this store`, {
    said: "RUN_UNKNOWN",
    next: "list them with: tagwise gc runs STORE",
  });
}

/** Writes the record of a run; resolves when it is on the disk. */
export async function writeRun(driver: StorageDriver, run: Run): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify({ tagwise: 1, ...run })}\n`);
  await driver.write([{ path: runFile(run.run), bytes }]);
}

/** Closes a run that was cut off as `swept`, with the counts of what is really set aside. */
export async function closeRun(driver: StorageDriver, run: Run): Promise<void> {
  const counts = { manifests: 0, layerLinks: 0, blobs: 0, bytes: 0 };
  for await (const batch of driver.walk(asideFolder(run.run))) {
    for (const { path, facts } of batch) {
      const is = parseStoredPath(parseAside(path)?.path ?? "")?.is;
      if (is === "revision") counts.manifests++;
      if (is === "layer") counts.layerLinks++;
      if (is !== "blob") continue;
      counts.blobs++;
      counts.bytes += facts?.size ?? 0;
    }
  }
  await writeRun(driver, { ...run, ...counts, state: "swept" });
}

/** The paths of all files that a run has set aside; `parseAside` gives the place of each in the tree. */
export function setAsideBy(driver: StorageDriver, run: string): Promise<readonly string[]> {
  return filesBelow(driver, asideFolder(run));
}

function parseRun(run: string, bytes: Uint8Array): Run {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), runSchema), new TextDecoder().decode(bytes));
  if (parsed.success && parsed.output.run === run) return parsed.output;
  throw new RegistryError("UNKNOWN", `the record of run ${run} cannot be read`, {
    said: "RUN_UNREADABLE",
    next: `what it set aside lies in ${asideFolder(run)} of the store, each file under the path it came from`,
  });
}

const runSchema = v.object({
  tagwise: v.literal(1),
  run: v.string(),
  at: instant,
  by: v.object({ host: v.string(), boot: v.string(), namespace: v.string(), pid: v.number(), started: v.string() }),
  state: v.picklist(["open", "swept", "restored", "purged", "deleted"]),
  restarted: v.exactOptional(instant),
  manifests: v.number(),
  layerLinks: v.number(),
  blobs: v.number(),
  bytes: v.number(),
});
