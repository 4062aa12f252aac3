import { expect, it } from "vitest";
import { collect, garbageCollect } from "./harness/collectors.ts";
import { digestAt } from "./harness/contents.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { type MadeImage, newImage, push, putManifest } from "./harness/images.ts";
import { ask, type RegistryServer } from "./harness/registry-server.ts";
import { faultOf } from "./harness/soaking.ts";
import type { Stage } from "./harness/stage.ts";
import { describeWith, openStage } from "./harness/suite.ts";

describeWith(["docker-registry"], "a registry whose cache promises what was swept", () => {
  const stage = openStage();

  it("4.3.3: what is pushed on a stale cache is lost for good after docker-registry's own collection", async () => {
    const { server, image } = await serverWithGarbage(stage);
    expect((await garbageCollect(stage, server.storage, { original: "distribution2", flags: ["-m"] })).code).toBe(0);
    await pushOnStaleCache(server, image);
    // nothing brings the bytes back: neither a restart, nor another collection, nor a client that only asks
    await garbageCollect(stage, server.storage, { original: "distribution2", flags: ["-m"] });
    expect(await digestAt(server, "app", "again")).toBeUndefined();
    expect((await blobsOf(server, image)).every((status) => status === 404)).toBe(true);
  });

  it("4.3.3: after ours it is said that the cache is stale, and what was pushed on it comes back", async () => {
    const { server, image } = await serverWithGarbage(stage);
    const flags = ["--untagged", "--grace", "0s", "--registry", `http://${server.host}`];
    const { said } = await collect(stage, server.storage, flags);
    expect(said.blobs.swept).toHaveLength(3);
    expect(said.cache?.stale).toBe(true);
    await pushOnStaleCache(server, image);
    const second = await collect(stage, server.storage, ["--untagged", "--grace", "0s"]);
    expect(second.said.restored.length).toBeGreaterThanOrEqual(3);
    expect(await digestAt(server, "app", "again")).toBe(image.digest);
    expect(await blobsOf(server, image)).toEqual([200, 200]);
  });

  it("4.3.3: what is swept and pushed again on the stale cache comes back each time, in each repository", async () => {
    const server = await startDockerRegistry(stage);
    const repositories = ["app", "team/app"]; // the order in which folders are read differs with their depth
    const image = newImage();
    for (const repository of repositories) await push(server, repository, image, ["again"]);
    for (let round = 0; round < 4; round++) {
      for (const repository of repositories) await ask(server, "DELETE", `/v2/${repository}/manifests/${image.digest}`);
      await collect(stage, server.storage, ["--untagged", "--grace", "0s"]);
      for (const repository of repositories) await putManifest(server, repository, "again", image); // 201, on the cache
      await collect(stage, server.storage, ["--untagged", "--grace", "0s"]);
      await server.stop();
      await server.start();
      // and reading it whole fills the cache again
      const faults = await Promise.all(repositories.map((repository) => faultOf(server, repository, image)));
      expect({ round, faults }).toEqual({ round, faults: [undefined, undefined] });
    }
  });

  it("4.3.3: a registry that was restarted after the sweep is said to know nothing of it", async () => {
    const { server } = await serverWithGarbage(stage);
    await server.stop();
    await server.start(); // so that its cache is empty while the sweep is on
    const flags = ["--untagged", "--grace", "0s", "--registry", `http://${server.host}`];
    const { said } = await collect(stage, server.storage, flags);
    expect(said.blobs.swept).toHaveLength(3);
    expect(said.cache?.stale).toBe(false);
  });
});

/** A registry that remembers an image of which nothing but garbage is left. */
async function serverWithGarbage(
  stage: Stage,
): Promise<{ readonly server: RegistryServer; readonly image: MadeImage }> {
  const server = await startDockerRegistry(stage);
  const image = newImage();
  await push(server, "app", newImage(), ["kept"]);
  await push(server, "app", image, ["gone"]);
  await ask(server, "DELETE", `/v2/app/manifests/${image.digest}`);
  return { server, image };
}

/**
 * A client that sends what the registry says it lacks; each answer is a success, and after a restart nothing is there.
 */
async function pushOnStaleCache(server: RegistryServer, image: MadeImage): Promise<void> {
  const before = await blobsOf(server, image, "HEAD");
  expect(before).toEqual([200, 200]); // so that no client sends them
  await putManifest(server, "app", "again", image); // 201
  await server.stop();
  await server.start();
  expect(await digestAt(server, "app", "again")).toBeUndefined();
}

function blobsOf(server: RegistryServer, { bytes }: MadeImage, method = "GET"): Promise<readonly number[]> {
  const { config, layers } = JSON.parse(new TextDecoder().decode(bytes));
  return Promise.all(
    [config, ...layers].map(async ({ digest }) => (await ask(server, method, `/v2/app/blobs/${digest}`)).status),
  );
}
