import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { OriginalCollector } from "../../../src/gc/like.ts";
import { type Finished, run } from "./run.ts";
import type { Stage } from "./stage.ts";
import { tagwise } from "./tagwise.ts";

/** The program of each version. */
const programOf: Readonly<Record<OriginalCollector, string>> = {
  distribution2: "docker-registry",
  distribution3: "registry",
};

/** Runs a registry's own `garbage-collect` on a storage directory, whatever its exit code. */
export function garbageCollect(
  stage: Stage,
  directory: string,
  { original, flags = [] }: { readonly original: OriginalCollector; readonly flags?: readonly string[] },
): Promise<Finished> {
  const file = join(stage.newDirectory("config"), "config.yml");
  const storage = { filesystem: { rootdirectory: directory }, delete: { enabled: true } };
  writeFileSync(file, stringify({ version: "0.1", log: { level: "error" }, storage }));
  return run(stage, programOf[original], ["garbage-collect", ...flags, file]);
}

/** What `tagwise gc` says, whatever its exit code. */
export async function collect(
  stage: Stage,
  directory: string,
  flags: readonly string[] = [],
): Promise<{ readonly code: number | undefined; readonly said: Said }> {
  const { code, stdout, stderr } = await tagwise(stage, ["gc", directory, "--yes", "-o", "json", ...flags]);
  if (stdout === "") throw new Error(`tagwise gc said nothing: ${code} ${stderr}`);
  return { code, said: JSON.parse(stdout) };
}

/** What of the answer the tests look at. */
export interface Said {
  readonly run: string;
  readonly freed: number;
  readonly manifests: { readonly swept: readonly { readonly repository: string; readonly digest: string }[] };
  readonly blobs: { readonly swept: readonly { readonly digest: string }[]; readonly young: number };
  readonly layerLinks: { readonly swept: number };
  readonly tidied: readonly { readonly what: string; readonly repository: string; readonly name?: string }[];
  readonly restored: readonly string[];
  readonly warnings: readonly string[];
  readonly cache?: { readonly stale: boolean | null; readonly says: string };
  readonly error?: { readonly code: string; readonly message: string; readonly next: string };
}
