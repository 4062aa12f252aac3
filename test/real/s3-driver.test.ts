import { expect, it } from "vitest";
import type { StorageDriver } from "../../src/distribution/drivers/driver.ts";
import { filesystemDriver } from "../../src/distribution/drivers/filesystem.ts";
import { likeOriginal } from "../../src/gc/like.ts";
import { mark } from "../../src/gc/mark.ts";
import { takeSnapshot } from "../../src/gc/take-snapshot.ts";
import { chanceFrom, plantRandomTree } from "../random-tree.ts";
import { describeDriver } from "../suites/describe-driver.ts";
import { type S3Server, startS3 } from "./harness/s3-server.ts";
import { newStage } from "./harness/stage.ts";
import { describeWith, openStage } from "./harness/suite.ts";

describeWith(["versitygw"], "on a real S3 server", () => {
  describeDriver("a bucket", async () => {
    const { stage, close } = newStage();
    const server = await startS3(stage);
    server.newBucket("laws");
    return { driver: await server.driver("laws", "some/prefix"), close };
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
