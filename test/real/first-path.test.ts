import { beforeAll, expect, it } from "vitest";
import { type DockerEngine, startDockerEngine } from "./harness/docker-engine.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { askJson, type RegistryServer } from "./harness/registry-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { printCount, tagwiseDone } from "./harness/tagwise.ts";

describeWith(["docker-registry", "dockerd", "docker"], "one of two tags of a pushed image", () => {
  const stage = openStage();
  let server: RegistryServer;
  let engine: DockerEngine;
  let repository: string;
  let image: string;

  beforeAll(async () => {
    server = await startDockerRegistry(stage);
    engine = await startDockerEngine(stage);
    repository = `${server.host}/zhangguanzhang/alpine`;
    image = await engine.importImage(repository, "the image of both tags");
    await engine.docker("tag", repository, `${repository}:test1`);
    await engine.docker("push", repository);
    await engine.docker("push", `${repository}:test1`);
  });

  it("goes away by rm and comes back by undo, and the other stands", async () => {
    printCount("rm", { stdout: await tagwiseDone(stage, ["rm", `${repository}:test1`, "--yes", "-o", "json"]) });
    expect(await tagsOf(server)).toEqual(["latest"]);
    expect(await pulledId("latest")).toBe(image);

    printCount("undo", { stdout: await tagwiseDone(stage, ["undo", "-o", "json"]) });
    expect(await tagsOf(server)).toEqual(["latest", "test1"]);
    expect(await pulledId("test1")).toBe(image);
    expect(await pulledId("latest")).toBe(image);
  });

  async function pulledId(tag: string): Promise<string> {
    await engine.forgetImages();
    await engine.docker("pull", `${repository}:${tag}`);
    return engine.imageId(`${repository}:${tag}`);
  }
});

async function tagsOf(server: RegistryServer): Promise<readonly string[]> {
  const { tags } = await askJson<{ tags: string[] }>(server, "/v2/zhangguanzhang/alpine/tags/list");
  return tags.sort();
}
