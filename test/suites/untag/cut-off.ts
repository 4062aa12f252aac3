import { cutOffOperations, journalledRemnants } from "../../../src/app/removing/find-remnants.ts";
import { recoverAll } from "../../../src/app/removing/recover-operations.ts";
import type { Manifest } from "../../../src/registry/image.ts";
import { type Digest, parseTag } from "../../../src/registry/names.ts";
import { makeDecoy } from "../../../src/untag/decoy.ts";
import type { Operation } from "../../../src/untag/journal/journal.ts";
import type { RepositoryReport } from "../../../src/untag/report.ts";
import { app, pushed } from "../registry/contents.ts";
import type { Stage } from "./stage.ts";

const [v1, v2] = [parseTag("v1"), parseTag("v2")];

/** The operation that was begun last. */
export async function newest({ journal }: Stage): Promise<Operation> {
  const [operation] = (await journal.list()).operations;
  if (operation === undefined) throw new Error("the journal is empty");
  return operation;
}

/** Recovers what was cut off on the stage's registry. */
export async function recover(stage: Stage, rollback = false): Promise<readonly RepositoryReport[]> {
  const options = { ...stage.options(), rollback };
  const cut = await cutOffOperations(stage, { host: "registry.test" });
  return recoverAll(stage.session, await journalledRemnants(stage.session, cut, options), options);
}

interface CutOff {
  readonly operation: string;
  readonly digest: Digest;
  readonly made: Manifest;
  readonly decoy: Manifest;
}

/** An operation that was cut off with `v1` on its decoy, or by a deletion by tag that took `v2` along. */
export async function cutOff(stage: Stage, strategy: "decoy" | "native"): Promise<CutOff> {
  const made = await pushed(stage.bare, "one", [v1, v2]);
  const { digest } = made.descriptor;
  const operation = await stage.journal.name(new Date(0), new Uint8Array(16));
  const intended = { repository: app, strategy, tags: [{ tag: v1, digest }], siblings: new Map([[digest, [v2]]]) };
  const { address: registry } = stage.session;
  const manifests = new Map([[digest, made]]);
  await stage.journal.begin({ operation, at: new Date(0), registry, manifests, repositories: [intended] });
  const decoy = makeDecoy({ operation, host: "host", nonce: "n", at: new Date(0), originals: new Map([[v1, digest]]) });
  if (strategy === "native") for (const tag of [v1, v2]) await stage.bare.deleteTag(app, tag);
  else await stage.bare.putManifest(app, v1, decoy);
  return { operation, digest, made, decoy };
}
