import { expect, it } from "vitest";
import { memoryRegistry } from "../../memory/memory.ts";
import { digestOf } from "../../registry/digest.ts";
import { parseManifest } from "../../registry/image.ts";
import { allOf } from "../../registry/pages.ts";
import { fillWithSamples, sampleSiblings } from "./sample-images.ts";

it("fills in the same images every time", async () => {
  const [tags, again] = [await fillWithSamples(memoryRegistry()), await fillWithSamples(memoryRegistry())];
  expect(again).toEqual(tags);
  expect(digestOf(new TextEncoder().encode(JSON.stringify(tags)))).toMatchInlineSnapshot(
    `"sha256:132fd0214f91714c2eb332f1b3746afc2b96fdec50bbd6b83882ae66701b51bc"`,
  );
});

it("lists what it says it filled in", async () => {
  const registry = memoryRegistry();
  const tags = await fillWithSamples(registry);
  for (const repository of await allOf((page) => registry.listRepositories(page))) {
    const names = tags.filter((one) => one.repository === repository).map(({ tag }) => tag);
    expect((await registry.listTags(repository)).items).toEqual(names.sort());
  }
  for (const { repository, tag, digest } of tags) expect((await registry.resolve(repository, tag)).digest).toBe(digest);
});

it("has two tags of one image to take apart", async () => {
  const registry = memoryRegistry();
  await fillWithSamples(registry);
  const { repository, keep, remove } = sampleSiblings;
  expect(await registry.resolve(repository, keep)).toEqual(await registry.resolve(repository, remove));
});

it("has an index with an attestation, and a signature that refers to it", async () => {
  const registry = memoryRegistry();
  const release = (await fillWithSamples(registry)).find(({ tag }) => tag === "1.4.0");
  if (release === undefined) throw new Error("no release");
  const { manifests } = parseManifest(await registry.getManifest(release.repository, release.digest));
  const platforms = manifests.map(({ platform }) => platform?.architecture);
  expect(platforms).toEqual(["amd64", "arm64", "unknown", "unknown"]);
  const { items } = await registry.listReferrers(release.repository, release.digest);
  expect(items.map(({ artifactType }) => artifactType)).toEqual(["application/vnd.dev.cosign.artifact.sig.v1+json"]);
});
