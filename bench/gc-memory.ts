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
import { ms } from "./measure.ts";

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
export async function memory(): Promise<readonly string[]> {
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
