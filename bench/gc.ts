import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { StorageDriver, Walked } from "../src/distribution/drivers/driver.ts";
import { filesystemDriver } from "../src/distribution/drivers/filesystem.ts";
import { blobFile, layerFolder, linkIn, parseStoredPath, revisionFolder } from "../src/distribution/paths.ts";
import { mark } from "../src/gc/mark.ts";
import { takeSnapshot } from "../src/gc/take-snapshot.ts";
import { digestOf } from "../src/registry/digest.ts";
import { parseDigest, parseRepositoryName } from "../src/registry/names.ts";
import { bundledMain } from "../test/real/harness/bundle.ts";
import { garbageCollect } from "../test/real/harness/collectors.ts";
import { environmentFor } from "../test/real/harness/environment.ts";
import type { Stage } from "../test/real/harness/stage.ts";
import { storageTree } from "../test/storage-tree.ts";
import { median, ratio, timed } from "./measure.ts";
import type { Benchmark } from "./run.ts";

/** Collections beside the registries' own, whole processes in turns, and what a million blobs take. */
export const benchmark: Benchmark = async (stage) => [
  ...(await broad(stage)),
  ...(await deep(stage)),
  ...(await memory()),
];

const rounds = 3;

/** 500 repositories of 20 manifests with 8 layers each. */
async function broad(stage: Stage): Promise<readonly string[]> {
  const directory = stage.newDirectory("broad");
  plant(directory, { repositories: 500, manifests: 20, layers: 8 });
  const sentences: string[] = [];
  for (const [theirs, ours] of [
    [[], []],
    [["-m"], ["--untagged"]],
  ] as const) {
    const [mine, original]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      mine.push(await byTagwise(stage, directory, ours));
      original.push(await byOriginal(stage, directory, theirs));
    }
    const [us, them] = [median(mine), median(original)];
    sentences.push(
      `${ratio(them, us)} times as fast as garbage-collect ${["--dry-run", ...theirs].join(" ")} of 2.8 on 500 × 20 manifests × 8 layers (${ms(us)} and ${ms(them)}, medians of ${rounds})`,
    );
  }
  return sentences;
}

/** One repository of 5,000 manifests and 5,000 tags; the original reads every tag for each manifest, so a part of it is timed. */
async function deep(stage: Stage): Promise<readonly string[]> {
  const directory = stage.newDirectory("deep");
  plant(directory, { repositories: 1, manifests: 5_000, layers: 2 });
  const mine = await byTagwise(stage, directory, ["--untagged"]);
  const small = stage.newDirectory("small");
  plant(small, { repositories: 1, manifests: 1_000, layers: 2 });
  const smallMine = await byTagwise(stage, small, ["--untagged"]);
  const theirs = await byOriginal(stage, small, ["-m"]);
  // manifests times tags: five times as many of both take 25 times as long
  const whole = theirs * 25;
  return [
    `${ratio(whole, mine)} times as fast as garbage-collect --dry-run -m of 2.8 on 5,000 manifests and tags of one repository (${ms(mine)}; theirs measured with 1,000 and taken 25 times: ${ms(whole)})`,
    `${ratio(theirs, smallMine)} times as fast with 1,000 of both, both measured (${ms(smallMine)} and ${ms(theirs)})`,
  ];
}

function byTagwise(stage: Stage, directory: string, flags: readonly string[]): Promise<number> {
  const args = [bundledMain, "gc", directory, "--dry-run", "--quiet", ...flags];
  return timed(async () => {
    const { status, stderr } = spawnSync(process.execPath, args, { env: environmentFor(stage), encoding: "utf8" });
    if (status !== 0) throw new Error(`tagwise gc ended with ${status}: ${stderr}`);
  });
}

function byOriginal(stage: Stage, directory: string, flags: readonly string[]): Promise<number> {
  return timed(async () => {
    const { code, stderr } = await garbageCollect(stage, directory, {
      original: "distribution2",
      flags: ["--dry-run", ...flags],
    });
    if (code !== 0) throw new Error(`garbage-collect ended with ${code}: ${stderr}`);
  });
}

interface Size {
  readonly repositories: number;
  readonly manifests: number;
  readonly layers: number;
}

function plant(directory: string, { repositories, manifests, layers }: Size): void {
  const tree = storageTree(directory);
  for (let r = 0; r < repositories; r++) {
    for (let m = 0; m < manifests; m++) {
      const shared = Array.from({ length: layers - 1 }, (_, layer) => `layer ${r} ${layer}`);
      const digest = tree.image(`team/repo${r}`, { config: { r, m }, layers: [...shared, `own ${r} ${m}`] });
      tree.tag(`team/repo${r}`, `v${m}`, digest);
    }
  }
}

/** How many blobs each generated manifest leads to. */
const blobsEach = 9;

interface Generated {
  readonly driver: StorageDriver;
  readonly blobs: number;
}

/** A listing of so many blobs, a tenth of them manifests of the others; there is no disk behind it. */
function generated(blobs: number): Generated {
  const none = filesystemDriver("/nonexistent/tagwise");
  const facts = { size: 1_000, modified: new Date(0) };
  const blob = (number: number) => parseDigest(`sha256:${createHash("sha256").update(`${number}`).digest("hex")}`);
  const bytesOf = (manifest: number) => {
    const all = Array.from({ length: blobsEach }, (_, layer) => ({ digest: blob(manifest * blobsEach + layer) }));
    const [config, ...layers] = all;
    return new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, config, layers }));
  };
  const manifests = Array.from({ length: Math.floor(blobs / (blobsEach + 1)) }, (_, number) =>
    digestOf(bytesOf(number)),
  );
  const numbers = new Map(manifests.map((digest, number) => [digest, number]));
  const repository = (manifest: number) => parseRepositoryName(`team/repo${manifest % 1_000}`);
  async function* walk(folder: string): AsyncGenerator<readonly Walked[]> {
    for (const [number, digest] of folder.endsWith("collections") ? [] : manifests.entries()) {
      const layers = Array.from({ length: blobsEach }, (_, layer) => blob(number * blobsEach + layer));
      const paths = folder.endsWith("/blobs")
        ? [digest, ...layers].map(blobFile)
        : [
            linkIn(revisionFolder(repository(number), digest)),
            ...layers.map((layer) => linkIn(layerFolder(repository(number), layer))),
          ];
      yield paths.map((path) => ({ path, facts }));
    }
  }
  const readAll = async (paths: readonly string[]) =>
    paths.map((path) => {
      const stored = parseStoredPath(path);
      if (stored?.is === "revision") return new TextEncoder().encode(stored.digest);
      return stored?.is === "blob" ? bytesOf(numbers.get(stored.digest) ?? 0) : undefined;
    });
  return { driver: { ...none, walk, readAll }, blobs: manifests.length * (blobsEach + 1) };
}

/** What the heap and the buffers hold for each blob, and how time grows. */
async function memory(): Promise<readonly string[]> {
  const measured: { readonly blobs: number; readonly bytes: number; readonly milliseconds: number }[] = [];
  for (const wanted of [250_000, 500_000, 1_000_000]) {
    const { driver, blobs } = generated(wanted);
    const before = held();
    const began = performance.now();
    const options = { now: new Date(), sleep: async () => {}, emit() {}, history: false };
    const snapshot = await takeSnapshot(driver, options);
    const marks = mark(snapshot, { untagged: false });
    const milliseconds = performance.now() - began;
    measured.push({ blobs, bytes: (held() - before) / snapshot.blobs.count, milliseconds });
    if (marks.blobs !== blobs || snapshot.problems.length > 0) throw new Error("not all is marked");
  }
  const [first, , last] = measured;
  const slope =
    Math.log((last?.milliseconds ?? 1) / (first?.milliseconds ?? 1)) /
    Math.log((last?.blobs ?? 1) / (first?.blobs ?? 1));
  return [
    `${(last?.bytes ?? 0).toFixed(0)} bytes a blob at 1,000,000 blobs of a generated listing (at most 200)`,
    `${slope.toFixed(2)} is the power of the number of blobs with which time grows: ${measured.map(({ blobs, milliseconds }) => `${blobs}: ${ms(milliseconds)}`).join(", ")}`,
  ];
}

/** Bytes that are still held once everything else was collected. */
function held(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function ms(milliseconds: number): string {
  return milliseconds > 10_000 ? `${(milliseconds / 1_000).toFixed(0)} s` : `${milliseconds.toFixed(0)} ms`;
}
