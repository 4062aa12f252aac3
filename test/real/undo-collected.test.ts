import { expect, it } from "vitest";
import { garbageCollect } from "./harness/collectors.ts";
import { digestAt, listedTags } from "./harness/contents.ts";
import { startDistribution3, startDockerRegistry } from "./harness/docker-registry.ts";
import { newImage, push } from "./harness/images.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { tagwise } from "./harness/tagwise.ts";

describeWith(["docker-registry", "registry"], "undo on a registry whose cache promises what a collection took", () => {
  const stage = openStage();

  it.each([
    ["distribution2", startDockerRegistry],
    ["distribution3", startDistribution3],
  ] as const)("%s: says which blobs are gone, and lists no tag that nobody can pull", async (original, start) => {
    const server = await start(stage);
    const image = newImage();
    await push(server, "app", newImage(), ["kept"]);
    await push(server, "app", image, ["test1"]);
    const remove = () => tagwise(stage, ["rm", `${server.host}/app:test1`, "--yes"]);
    expect((await remove()).code).toBe(0);
    expect((await tagwise(stage, ["undo"])).code).toBe(0);
    expect(await digestAt(server, "app", "test1")).toBe(image.digest);
    expect((await remove()).code).toBe(0);
    expect((await garbageCollect(stage, server.storage, { original, flags: ["-m"] })).code).toBe(0);
    const { code, stdout } = await tagwise(stage, ["undo", "-o", "json"]);
    const [tag] = JSON.parse(stdout).tags;
    expect([code, tag.outcome, tag.code]).toEqual([1, "failed", "MANIFEST_BLOB_UNKNOWN"]);
    expect(tag.reason.match(/blob sha256:/g)).toHaveLength(2);
    expect(await listedTags(server, "app")).toEqual(["kept"]);
  });
});
