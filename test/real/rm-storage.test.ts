import { chmodSync, chownSync, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { filesystemDriver } from "../../src/distribution/drivers/filesystem.ts";
import { currentLink, tagFolder } from "../../src/distribution/paths.ts";
import { takeTagOut } from "../../src/distribution/take-tag-out.ts";
import { type Digest, parseRepositoryName, parseTag } from "../../src/registry/names.ts";
import { storageTree } from "../support/storage-tree.ts";
import { tagsOf } from "./harness/contents.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { newImage, push } from "./harness/images.ts";
import { startS3 } from "./harness/s3-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { type Outcome, tagwise, tagwiseDone } from "./harness/tagwise.ts";

const team = parseRepositoryName("team/app");
const tag = parseTag("v1");
const noWait = async () => {};

describeWith(["docker-registry"], "rm --store", () => {
  const stage = openStage();

  it("removes exactly the tag from the tree of a running registry, and undo puts it back", async () => {
    const server = await startDockerRegistry(stage);
    const image = newImage();
    await push(server, "team/app", image, ["v1", "v1.2", "latest"]);
    const reference = `${server.host}/team/app:v1`;
    const said: Outcome = JSON.parse(
      await tagwiseDone(stage, ["rm", reference, "--store", server.storage, "--yes", "-o", "json"]),
    );
    expect(said.tags).toMatchObject([{ outcome: "removed", strategy: "storage", siblings: ["latest", "v1.2"] }]);
    expect(await tagsOf(server, "team/app")).toEqual({ latest: image.digest, "v1.2": image.digest });
    expect(existsSync(join(server.storage, tagFolder(team, tag)))).toBe(false);
    await tagwiseDone(stage, ["undo", "-o", "json"]);
    expect(await tagsOf(server, "team/app")).toEqual({ latest: image.digest, v1: image.digest, "v1.2": image.digest });
  });

  it("touches no storage that the named registry does not serve, and of one that is stopped says that nobody knows", async () => {
    const [server, other] = [await startDockerRegistry(stage), await startDockerRegistry(stage)];
    for (const one of [server, other]) await push(one, "team/app", newImage(), ["v1", "latest"]);
    const before = await tagsOf(other, "team/app");
    const remove = (...more: readonly string[]) =>
      tagwise(stage, ["rm", `${server.host}/team/app:v1`, "--store", other.storage, "--yes", ...more]);
    expect(await remove()).toMatchObject({ code: 4, stderr: expect.stringContaining("not the storage of") });
    expect(await tagsOf(other, "team/app")).toEqual(before);
    await server.stop();
    const blind = await remove("--retries", "0");
    expect(blind).toMatchObject({ code: 0, stderr: expect.stringContaining("nobody knows whether") });
    expect(Object.keys(await tagsOf(other, "team/app"))).toEqual(["latest"]);
  });

  it("needs the store for its strategy, and says so", async () => {
    const { code, stderr } = await tagwise(stage, ["rm", "127.0.0.1:1/team/app:v1", "--strategy", "storage", "--yes"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--store");
  });

  it("puts the tag back where a push came in between, with its owner and mode", async () => {
    const directory = stage.newDirectory("tree");
    const tree = storageTree(directory);
    const [before, after] = ["before", "after"].map((config) => tree.image("team/app", { config })) as [Digest, Digest];
    tree.tag("team/app", "v1", before);
    const folder = join(directory, tagFolder(team, tag));
    chmodSync(folder, 0o751);
    if (process.getuid?.() === 0) chownSync(folder, 1234, 1234);
    const { mode, uid } = statSync(folder);
    const driver = filesystemDriver(directory);
    const racing = {
      ...driver,
      async moveAll(moves: Parameters<typeof driver.moveAll>[0]) {
        if (moves[0]?.from === tagFolder(team, tag)) writeFileSync(join(directory, currentLink(team, tag)), after);
        return driver.moveAll(moves);
      },
    };
    const taken = await takeTagOut(racing, { repository: team, tag, expected: before }, noWait);
    expect(taken).toEqual({ is: "moved", to: after });
    expect(new TextDecoder().decode(await driver.read(currentLink(team, tag)))).toBe(after);
    expect({ mode: statSync(folder).mode, uid: statSync(folder).uid }).toEqual({ mode, uid });
  });

  it("leaves a newer push that made the tag anew", async () => {
    const directory = stage.newDirectory("tree");
    const tree = storageTree(directory);
    const digests = ["before", "after", "newest"].map((config) => tree.image("team/app", { config }));
    const [before, after, newest] = digests as [Digest, Digest, Digest];
    tree.tag("team/app", "v1", before);
    const driver = filesystemDriver(directory);
    const racing = {
      ...driver,
      async moveAll(moves: Parameters<typeof driver.moveAll>[0]) {
        const isTaking = moves[0]?.from === tagFolder(team, tag);
        if (isTaking) writeFileSync(join(directory, currentLink(team, tag)), after);
        const moved = await driver.moveAll(moves);
        if (isTaking) storageTree(directory).tag("team/app", "v1", newest);
        return moved;
      },
    };
    await takeTagOut(racing, { repository: team, tag, expected: before }, noWait);
    expect(new TextDecoder().decode(await driver.read(currentLink(team, tag)))).toBe(newest);
  });
});

describeWith(["versitygw"], "rm --store on S3", () => {
  const stage = openStage();

  it("takes the tag's objects and no other's, also where another name begins alike", async () => {
    const server = await startS3(stage);
    const tree = storageTree(server.newBucket("tags"));
    const image = tree.image("team/app", { layers: ["layer"] });
    for (const name of ["v1", "v1.2", "v1-rc"]) tree.tag("team/app", name, image);
    const driver = await server.driver("tags");
    expect(await takeTagOut(driver, { repository: team, tag, expected: image }, noWait)).toEqual({ is: "removed" });
    expect([...(await driver.list("docker/registry/v2/repositories/team/app/_manifests/tags"))].sort()).toEqual([
      "v1-rc",
      "v1.2",
    ]);
    expect(await takeTagOut(driver, { repository: team, tag, expected: image }, noWait)).toEqual({ is: "absent" });
  });
});
