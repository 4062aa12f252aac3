import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { filesystemDriver } from "../../src/distribution/drivers/filesystem.ts";
import { likeOriginal, type OriginalCollector } from "../../src/gc/like.ts";
import type { Snapshot } from "../../src/gc/snapshot.ts";
import { takeSnapshot } from "../../src/gc/take-snapshot.ts";
import { pooled } from "../../src/support/pool.ts";
import { chanceFrom, type Feature, features, plantRandomTree } from "../support/random-tree.ts";
import { run } from "./harness/run.ts";
import type { Stage } from "./harness/stage.ts";
import { describeWith, openStage } from "./harness/suite.ts";

const trees = 400;
const least = 30;
const programs: Readonly<Record<OriginalCollector, string>> = {
  distribution2: "docker-registry",
  distribution3: "registry",
};

/** What one collector would delete, as sorted words; `undefined` where it stops before. */
type Sets =
  | {
      readonly manifests: readonly string[];
      readonly layerLinks: readonly string[];
      readonly blobs: readonly string[];
      readonly marked: number;
    }
  | undefined;

describeWith(Object.values(programs), "--like computes what the originals do", () => {
  const stage = openStage();

  it(`on ${trees} random trees, both versions, with and without -m`, async () => {
    const counts = new Map<string, number>();
    const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
    await pooled(
      Array.from({ length: trees }, (_, seed) => seed),
      async (seed) => {
        const directory = stage.newDirectory("tree");
        const planted = plantRandomTree(directory, chanceFrom(seed));
        const snapshot = await snapshotOf(directory);
        const ends: string[] = [];
        for (const way of ways) ends.push(await compared(stage, directory, { seed, snapshot, way }));
        for (const end of ends) count(end);
        // a tree on which all stop shows little
        for (const feature of ends.includes("deleted") ? planted : []) count(feature);
      },
      { concurrency: 3 },
    );
    process.stdout.write(`trees: ${trees}; runs and features: ${JSON.stringify(Object.fromEntries(counts))}\n`);
    for (const feature of Object.keys(features) as Feature[])
      expect([feature, counts.get(feature)]).toEqual([feature, expect.toSatisfy((n) => n >= least)]);
  }, 900_000);
});

interface Way {
  readonly original: OriginalCollector;
  readonly untagged: boolean;
}

const ways: readonly Way[] = (["distribution2", "distribution3"] as const).flatMap((original) =>
  [false, true].map((untagged) => ({ original, untagged })),
);

interface Compared {
  readonly seed: number;
  readonly snapshot: Snapshot;
  readonly way: Way;
}

/** Runs one original and compares; tells how the original ended. */
async function compared(
  stage: Stage,
  directory: string,
  { seed, snapshot, way }: Compared,
): Promise<"stopped" | "deleted"> {
  const theirs = await byOriginal(stage, directory, way);
  expect({ seed, way, sets: byUs(snapshot, way) }).toEqual({ seed, way, sets: theirs });
  return theirs === undefined ? "stopped" : "deleted";
}

function snapshotOf(directory: string): Promise<Snapshot> {
  const options = {
    now: new Date(),
    sleep: async () => {},
    emit: () => {},
    history: false,
    facts: true,
    layerLinks: true,
  };
  return takeSnapshot(filesystemDriver(directory), options);
}

function byUs(snapshot: Snapshot, { original, untagged }: Way): Sets {
  const result = likeOriginal(snapshot, original, { untagged });
  if (result.aborts !== undefined) return undefined;
  const word = ({ repository, digest }: { repository: string; digest: number }) =>
    `${repository} ${snapshot.digests.digestAt(digest)}`;
  return {
    manifests: result.manifests.map(word).sort(),
    layerLinks: result.layerLinks.map(word).sort(),
    blobs: result.blobs.map((id) => String(snapshot.digests.digestAt(id))).sort(),
    marked: result.marked.size,
  };
}

async function byOriginal(stage: Stage, directory: string, { original, untagged }: Way): Promise<Sets> {
  const file = join(directory, "config.yml");
  writeFileSync(
    file,
    stringify({ version: "0.1", log: { level: "error" }, storage: { filesystem: { rootdirectory: directory } } }),
  );
  const args = ["garbage-collect", "--dry-run", ...(untagged ? ["-m"] : []), file];
  const { code, stdout, stderr } = await run(stage, programs[original], args);
  if (code !== 0) {
    expect(stderr).toContain("failed to garbage collect");
    return undefined;
  }
  return parse(stdout);
}

function parse(said: string): Sets {
  const manifests: string[] = [];
  const layerLinks: string[] = [];
  const blobs: string[] = [];
  let repository = "";
  for (const line of said.split("\n")) {
    const [, manifest, located] =
      /^manifest eligible for deletion: (?:(sha256:\w+)|\{(\S+ \S+) .*\})$/.exec(line) ?? [];
    const [, linkedIn, layer] = /^(\S+): layer link eligible for deletion: (\S+)$/.exec(line) ?? [];
    const [, blob] = /^blob eligible for deletion: (\S+)$/.exec(line) ?? [];
    if (/^[a-z0-9/-]+$/.test(line)) repository = line;
    if (manifest !== undefined || located !== undefined) manifests.push(located ?? `${repository} ${manifest}`);
    if (layer !== undefined) layerLinks.push(`${linkedIn} ${layer}`);
    if (blob !== undefined) blobs.push(blob);
  }
  const marked = Number(/^(\d+) blobs marked/m.exec(said)?.[1]);
  return { manifests: manifests.sort(), layerLinks: layerLinks.sort(), blobs: blobs.sort(), marked };
}
