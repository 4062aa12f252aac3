import { describe, expect, it } from "vitest";
import { memoryRegistry } from "../memory/memory.ts";
import { digestOf } from "../registry/digest.ts";
import { largestConfig, type Manifest, mediaTypes } from "../registry/image.ts";
import { parseRepositoryName, parseTag } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";
import { bodyOf, readBody } from "../wire/body.ts";
import { cached } from "./cached.ts";
import { intercept } from "./intercept.ts";

const repository = parseRepositoryName("team/app");
const tag = parseTag("latest");
const manifest: Manifest = {
  mediaType: mediaTypes.ociIndex,
  bytes: new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, manifests: [] })),
};
const config = new TextEncoder().encode('{"config":true}');

async function upload(registry: Registry, bytes: Uint8Array) {
  const upload = await registry.openUpload(repository);
  await upload.append(bodyOf(bytes));
  return (await upload.commit(digestOf(bytes))).digest;
}

/** A registry with an index and a blob, the calls that reach it, and what is kept of them. */
async function shelf() {
  const real = memoryRegistry();
  const { digest } = await real.putManifest(repository, tag, manifest);
  const blob = await upload(real, config);
  const calls: string[] = [];
  const kept = new Map<string, Uint8Array>();
  const counting = intercept(real, (call, proceed) => {
    calls.push(call.method);
    return proceed();
  });
  const registry = cached(counting, { get: (key) => kept.get(key), set: (key, bytes) => void kept.set(key, bytes) });
  return { registry, real, digest, blob, calls, kept };
}

describe("cached()", () => {
  it("reads a manifest by digest once, bytes and media type", async () => {
    const { registry, digest, calls } = await shelf();
    for (let n = 0; n < 3; n++) {
      const read = await registry.getManifest(repository, digest);
      expect({ ...read, bytes: Uint8Array.from(read.bytes) }).toEqual(manifest);
    }
    expect(calls).toEqual(["getManifest"]);
  });

  it("reads a tag anew each time, for it may move, and keeps its manifest", async () => {
    const { registry, digest, calls } = await shelf();
    await registry.getManifest(repository, tag);
    await registry.getManifest(repository, tag);
    await registry.getManifest(repository, digest);
    expect(calls).toEqual(["getManifest", "getManifest"]);
  });

  it("reads a small blob once, and none that was read in part", async () => {
    const { registry, blob, calls, kept } = await shelf();
    for await (const _ of (await registry.getBlob(repository, blob)).content) break;
    expect(kept.size).toBe(0);
    for (let n = 0; n < 3; n++) {
      const { size, content } = await registry.getBlob(repository, blob);
      expect(size).toBe(config.length);
      expect(Uint8Array.from(await readBody({ body: content }, 1000))).toEqual(config);
    }
    expect(calls).toEqual(["getBlob", "getBlob"]);
  });

  it("keeps no large blob, and no part of one", async () => {
    const { registry, real, blob, kept } = await shelf();
    const large = await upload(real, new Uint8Array(largestConfig + 1));
    await readBody({ body: (await registry.getBlob(repository, large)).content }, 2 * largestConfig);
    const unsized = cached(
      { ...real, getBlob: async (...named) => ({ ...(await real.getBlob(...named)), size: undefined }) },
      { get: () => undefined, set: (key, bytes) => void kept.set(key, bytes) },
    );
    await readBody({ body: (await unsized.getBlob(repository, large)).content }, 2 * largestConfig);
    await readBody({ body: (await registry.getBlob(repository, blob, { first: 2, last: 4 })).content }, 100);
    expect(kept.size).toBe(0);
  });

  it("believes nothing that is kept: what does not match its digest is read again", async () => {
    const { registry, digest, blob, calls, kept } = await shelf();
    await registry.getManifest(repository, digest);
    await readBody({ body: (await registry.getBlob(repository, blob)).content }, 1000);
    const forgeries = [`${new TextDecoder().decode(manifest.bytes)} `, '{"os":"forged"}'];
    for (const [place, key] of [...kept.keys()].entries()) kept.set(key, new TextEncoder().encode(forgeries[place]));
    const read = await registry.getManifest(repository, digest);
    expect(Uint8Array.from(read.bytes)).toEqual(manifest.bytes);
    const { content } = await registry.getBlob(repository, blob);
    expect(Uint8Array.from(await readBody({ body: content }, 1000))).toEqual(config);
    expect(calls).toEqual(["getManifest", "getBlob", "getManifest", "getBlob"]);
  });

  it("never takes what one registry says of a manifest's type for what another says", async () => {
    const { registry, real, digest, calls, kept } = await shelf();
    const store = {
      get: (key: string) => kept.get(key),
      set: (key: string, bytes: Uint8Array) => void kept.set(key, bytes),
    };
    const lying: Registry = {
      ...real,
      getManifest: async (...named) => ({ ...(await real.getManifest(...named)), mediaType: mediaTypes.ociManifest }),
    };
    expect((await cached(lying, store).getManifest(repository, digest)).mediaType).toBe(mediaTypes.ociManifest);
    for (let n = 0; n < 2; n++) {
      expect((await registry.getManifest(repository, digest)).mediaType).toBe(mediaTypes.ociIndex);
    }
    expect(calls).toEqual(["getManifest"]);
  });

  it("never answers for the registry whether something stands", async () => {
    const { registry, digest } = await shelf();
    await registry.getManifest(repository, digest);
    await registry.deleteManifest(repository, digest);
    await expect(registry.resolve(repository, digest)).rejects.toMatchObject({ code: "MANIFEST_UNKNOWN" });
  });
});
