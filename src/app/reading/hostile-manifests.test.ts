import { describe, expect, it } from "vitest";
import { app, bytesOf, indexOf, made } from "../../../test/suites/registry/contents.ts";
import { memoryRegistry } from "../../memory/memory.ts";
import { type Descriptor, mediaTypes } from "../../registry/image.ts";
import type { Registry } from "../../registry/registry.ts";
import { putBlob } from "../../registry/uploads.ts";
import { manifestReader } from "./manifest-reader.ts";

/** An index of these children, stored; gives its descriptor. */
async function storedIndex(registry: Registry, children: readonly Descriptor[], more = {}): Promise<Descriptor> {
  const index = indexOf(children, more);
  await registry.putManifest(app, index.descriptor.digest, index);
  return index.descriptor;
}

/** An index in an index, so many times. */
async function nested(registry: Registry, levels: number): Promise<Descriptor> {
  let index = await storedIndex(registry, []);
  for (let level = 0; level < levels; level++) index = await storedIndex(registry, [index]);
  return index;
}

/** An index of so many others. */
async function wide(registry: Registry, count: number): Promise<Descriptor> {
  const children: Descriptor[] = [];
  for (let n = 0; n < count; n++) children.push(await storedIndex(registry, [], { annotations: { n: `${n}` } }));
  return storedIndex(registry, children);
}

/** An image with a config of so many bytes. */
async function configured(registry: Registry, size: number): Promise<Descriptor> {
  const config = await putBlob(registry, app, bytesOf('{"os":"linux","architecture":"amd64"}'.padEnd(size)));
  const image = made(mediaTypes.ociManifest, { config: { ...config, mediaType: mediaTypes.ociConfig }, layers: [] });
  await registry.putManifest(app, image.descriptor.digest, image);
  return image.descriptor;
}

const largestConfig = 16 * 1024 * 1024;

describe("a manifest reader", () => {
  it.each([
    { what: "indexes nested deeper than 3 levels", of: nested, most: 3, gap: "it lies too deep in other indexes" },
    { what: "an index with more than 1000 children", of: wide, most: 1000, gap: "it has over 1000 children" },
    { what: "a config of more than 16 MiB", of: configured, most: largestConfig, gap: `more than ${largestConfig}` },
  ])("leaves a gap for $what", async ({ of, most, gap }) => {
    const registry = memoryRegistry();
    const gapsOf = async (count: number) => {
      const { digest } = await of(registry, count);
      return (await manifestReader(registry, app, { concurrency: 4 }).facts(digest)).gaps;
    };
    expect(await gapsOf(most)).toEqual([]);
    expect(await gapsOf(most + 1)).toEqual([expect.stringContaining(gap)]);
  });
});
