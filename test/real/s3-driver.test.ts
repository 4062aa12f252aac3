import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import type { StorageDriver } from "../../src/distribution/drivers/driver.ts";
import { filesystemDriver } from "../../src/distribution/drivers/filesystem.ts";
import { openBucket } from "../../src/distribution/drivers/s3-bucket.ts";
import { copyObject } from "../../src/distribution/drivers/s3-copy.ts";
import { likeOriginal } from "../../src/gc/like.ts";
import { mark } from "../../src/gc/mark.ts";
import { takeSnapshot } from "../../src/gc/take-snapshot.ts";
import { describeDriver } from "../suites/describe-driver.ts";
import { chanceFrom, plantRandomTree } from "../support/random-tree.ts";
import { type S3Server, startS3 } from "./harness/s3-server.ts";
import { newStage } from "./harness/stage.ts";
import { describeWith, openStage } from "./harness/suite.ts";

const mebibyte = 1024 * 1024;

describeWith(["versitygw"], "on a real S3 server", () => {
  describeDriver("a bucket", async () => {
    const { stage, close } = newStage();
    const server = await startS3(stage);
    server.newBucket("laws");
    return { driver: await server.driver("laws", "some/prefix"), close };
  });

  it("an object that is too large for one request is copied in parts, and one that is gone is not", async () => {
    const server = await startS3(stage);
    server.newBucket("large");
    const { endpoint, region, accessKeyId, secretAccessKey } = server;
    const access = { endpoint, region, accessKeyId, secretAccessKey, environment: {} };
    const bucket = await openBucket({ bucket: "large", prefix: "", ...access });
    const driver = await server.driver("large");
    const bytes = randomBytes(12 * mebibyte + 1);
    await driver.write([{ path: "a/from", bytes }]);
    const limits = { whole: 10 * mebibyte, part: 5 * mebibyte };
    expect(await copyObject(bucket, "a/from", "a/to", limits)).toBe(true);
    expect(bytes.equals((await driver.read("a/to")) ?? new Uint8Array())).toBe(true);
    expect((await etags(driver)).get("a/to")).toMatch(/-3$/); // of three parts, and so no sum of the content
    expect(await copyObject(bucket, "nothing", "a/to", limits)).toBe(false);
  });

  const stage = openStage();
  let server: S3Server | undefined;

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("a tree is read as from the directory below (tree %i)", async (seed) => {
    server ??= await startS3(stage);
    const directory = server.newBucket(`tree${seed}`);
    plantRandomTree(directory, chanceFrom(seed));
    const here = await facts(filesystemDriver(directory));
    expect(await facts(await server.driver(`tree${seed}`))).toEqual(here);
  });
});

async function etags(driver: StorageDriver): Promise<ReadonlyMap<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  for await (const batch of driver.walk("a")) for (const { path, md5 } of batch) found.set(path, md5);
  return found;
}

/** What is in use, and what the originals would sweep; folders, which a bucket has not, left out. */
async function facts(driver: StorageDriver): Promise<unknown> {
  const options = { now: new Date(), sleep: async () => {}, emit() {}, history: false, facts: true, layerLinks: true };
  const snapshot = await takeSnapshot(driver, options);
  const { digests } = snapshot;
  const words = (ids: Iterable<number>) => [...ids].map((id) => digests.digestAt(id)).sort();
  const marks = mark(snapshot, { untagged: true });
  const like = likeOriginal(snapshot, "distribution2", { untagged: false });
  return {
    repositories: snapshot.repositories.filter(({ revisions }) => revisions.size > 0).map(({ name }) => name),
    marked: [...marks.manifests].filter(([, ids]) => ids.size > 0).map(([name, ids]) => [name, words(ids)]),
    problems: snapshot.problems.map(({ path, says }) => `${path} ${says}`).sort(),
    blobs: like.aborts ?? words(like.blobs),
  };
}
