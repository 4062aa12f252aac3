import { expect, it } from "vitest";
import { bytesAt, digestAt, tagsOf } from "./harness/contents.ts";
import { startDistribution3, startDockerRegistry } from "./harness/docker-registry.ts";
import { startEmbeddedHere } from "./harness/embedded-here.ts";
import { digestOf, type MadeImage, newImage, newIndex, push } from "./harness/images.ts";
import { ask, askJson, type RegistryServer } from "./harness/registry-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";

const servers = { "docker-registry": startDockerRegistry, registry: startDistribution3 };

describeWith(["docker-registry", "registry"], "one storage directory under two registries", () => {
  const stage = openStage();

  it.each(Object.entries(servers))("is served by the embedded one and by %s in turn", async (name, startReal) => {
    let read = 0;
    const pulled = async (...what: Parameters<typeof pull>) => {
      read += await pull(...what);
    };
    const storage = stage.newDirectory("shared");
    const image = newImage();
    const index = newIndex();
    const late = newImage();
    const signature = newImage({ subject: image });

    await serving(await startEmbeddedHere(stage, { storage }), async (embedded) => {
      await push(embedded, "team/app", image, ["1", "1.2"]);
      await push(embedded, "team/app", index, ["multi"]);
      await push(embedded, "solo", image, ["only", "gone"]);
      await deleted(embedded, "solo", "gone");
    });

    await serving(await startReal(stage, { storage }), async (real) => {
      expect(await repositoriesOf(real)).toEqual(["solo", "team/app"]);
      expect(await tagsOf(real, "team/app")).toEqual({ "1": image.digest, "1.2": image.digest, multi: index.digest });
      expect(await tagsOf(real, "solo")).toEqual({ only: image.digest });
      await pulled(real, "team/app", index);
      await pulled(real, "team/app", image);
      await push(real, "team/app", late, ["1", "late"]);
      await push(real, "team/app", signature);
      await push(real, "new", index, ["multi"]);
      await deleted(real, "solo", image.digest);
    });

    await serving(await startEmbeddedHere(stage, { storage }), async (embedded) => {
      expect(await repositoriesOf(embedded)).toEqual(["new", "solo", "team/app"]);
      const tags = { "1": late.digest, "1.2": image.digest, late: late.digest, multi: index.digest };
      expect(await tagsOf(embedded, "team/app")).toEqual(tags);
      expect(await tagsOf(embedded, "solo")).toEqual({});
      expect(await digestAt(embedded, "solo", image.digest)).toBeUndefined();
      await pulled(embedded, "new", index);
      await pulled(embedded, "team/app", late);
      expect(await referrersOf(embedded, "team/app", image.digest)).toEqual([signature.digest]);
      await deleted(embedded, "team/app", late.digest);
    });

    await serving(await startReal(stage, { storage }), async (real) => {
      expect(await tagsOf(real, "team/app")).toEqual({ "1.2": image.digest, multi: index.digest });
      expect(await digestAt(real, "team/app", late.digest)).toBeUndefined();
      await pulled(real, "team/app", index);
    });
    process.stdout.write(`${name} and the embedded registry in turn: ${read} manifests and blobs were read whole\n`);
  });
});

async function serving(server: RegistryServer, work: (server: RegistryServer) => Promise<void>): Promise<void> {
  await work(server);
  await server.stop();
}

/** Reads an image whole and compares every byte; resolves to the number of manifests and blobs. */
async function pull(server: RegistryServer, repository: string, image: MadeImage): Promise<number> {
  expect(digestOf(await bytesAt(server, repository, image.digest))).toBe(image.digest);
  for (const blob of image.blobs) {
    const { status, body } = await ask(server, "GET", `/v2/${repository}/blobs/${digestOf(blob)}`);
    expect({ status, digest: digestOf(body) }).toEqual({ status: 200, digest: digestOf(blob) });
  }
  let read = 1 + image.blobs.length;
  for (const child of image.children) read += await pull(server, repository, child);
  return read;
}

async function deleted(server: RegistryServer, repository: string, reference: string): Promise<void> {
  const { status } = await ask(server, "DELETE", `/v2/${repository}/manifests/${reference}`);
  expect(status).toBe(202);
}

async function repositoriesOf(server: RegistryServer): Promise<readonly string[]> {
  return (await askJson<{ repositories: string[] }>(server, "/v2/_catalog")).repositories.sort();
}

async function referrersOf(server: RegistryServer, repository: string, digest: string): Promise<readonly string[]> {
  const index = await askJson<{ manifests: { digest: string }[] }>(server, `/v2/${repository}/referrers/${digest}`);
  return index.manifests.map((manifest) => manifest.digest);
}
