import * as v from "valibot";
import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { asideFolder, collectionsFolder, parseAside, runFile } from "../distribution/own-paths.ts";
import { parseStoredPath } from "../distribution/paths.ts";
import { RegistryError } from "../registry/errors.ts";
import type { ProcessIdentity } from "../support/process-identity.ts";
import { isUlid } from "../support/ulid.ts";

/** One run of the collector, as it is written down in the store itself, before the first change and after the last. */
export interface Run {
  readonly run: string;
  readonly at: Date;
  /** Who runs it: on another host nobody can tell whether he still does. */
  readonly by: ProcessIdentity;
  readonly state: RunState;
  /** When the registry was started anew after the sweep, as far as this tool did it. */
  readonly restarted?: Date;
  readonly manifests: number;
  readonly layerLinks: number;
  readonly blobs: number;
  /** Bytes set aside, or deleted. */
  readonly bytes: number;
}

/** `open` while it works, or was cut off; then what lies aside can come back until it is purged. */
export type RunState = "open" | "swept" | "restored" | "purged" | "deleted";

/** Every run of which something is written down, oldest first. */
export async function listRuns(driver: StorageDriver): Promise<readonly Run[]> {
  const names = (await driver.list(collectionsFolder)).filter(isUlid).sort();
  const files = await driver.readAll(names.map(runFile));
  return names.flatMap((run, place) => {
    const file = files[place];
    return file === undefined ? [] : [parseRun(run, file)];
  });
}

/** Throws where there is no such run. */
export async function readRun(driver: StorageDriver, run: string): Promise<Run> {
  const file = isUlid(run) ? await driver.read(runFile(run)) : undefined;
  if (file !== undefined) return parseRun(run, file);
  throw new RegistryError("UNKNOWN", `there is no run ${JSON.stringify(run)} in this store`, {
    said: "RUN_UNKNOWN",
    next: "list them with: tagwise gc runs STORE",
  });
}

/** Writes a run down; resolves when it is safe. */
export async function writeRun(driver: StorageDriver, run: Run): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify({ tagwise: 1, ...run })}\n`);
  await driver.write([{ path: runFile(run.run), bytes }]);
}

/** Closes a run that was cut off: with what lies aside, which may be less than it had planned. */
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

/** The files that a run has set aside, and where each belongs. */
export async function setAsideBy(driver: StorageDriver, run: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const batch of driver.walk(asideFolder(run), { facts: false })) {
    for (const { path } of batch) if (!path.endsWith("/")) found.push(path);
  }
  return found;
}

function parseRun(run: string, bytes: Uint8Array): Run {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), runSchema), new TextDecoder().decode(bytes));
  if (parsed.success && parsed.output.run === run) return parsed.output;
  throw new RegistryError("UNKNOWN", `the record of run ${run} cannot be read`, {
    said: "RUN_UNREADABLE",
    next: `what it set aside lies in ${asideFolder(run)} of the store, each file under the path it came from`,
  });
}

const time = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => new Date(text)),
);
const runSchema = v.object({
  tagwise: v.literal(1),
  run: v.string(),
  at: time,
  by: v.object({ host: v.string(), boot: v.string(), namespace: v.string(), pid: v.number(), started: v.string() }),
  state: v.picklist(["open", "swept", "restored", "purged", "deleted"]),
  restarted: v.exactOptional(time),
  manifests: v.number(),
  layerLinks: v.number(),
  blobs: v.number(),
  bytes: v.number(),
});
