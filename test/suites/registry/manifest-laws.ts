import { createHash } from "node:crypto";
import { expect } from "vitest";
import { mediaTypes } from "../../../src/registry/image.ts";
import { parseDigest } from "../../../src/registry/names.ts";
import { app, bytesOf, first, image, indexOf, made, other, pushed, second, unknown } from "./contents.ts";
import { expectCode, type Law, tagsOf } from "./law.ts";

const { ociManifest, ociIndex, dockerManifest, dockerList } = mediaTypes;

/** What a manifest is taken in for, and how it is read. */
export const manifestLaws: readonly Law[] = [
  ...([ociManifest, dockerManifest].map((type) => ({
    says: `an image of type ${type} is read as it was pushed, by tag and by digest`,
    async holds(registry) {
      const manifest = await image(registry, "amd64", { type });
      expect(await registry.putManifest(app, first, manifest)).toEqual(manifest.descriptor);
      for (const reference of [first, manifest.descriptor.digest]) {
        expect(await registry.resolve(app, reference)).toEqual(manifest.descriptor);
        const { mediaType, bytes } = await registry.getManifest(app, reference);
        expect({ mediaType, text: textOf(bytes) }).toEqual({ mediaType: type, text: textOf(manifest.bytes) });
      }
    },
  })) satisfies Law[]),
  ...([ociIndex, dockerList].map((type) => ({
    says: `an index of type ${type} is read as it was pushed`,
    async holds(registry) {
      const child = await image(registry, "amd64");
      await registry.putManifest(app, child.descriptor.digest, child);
      const index = made(type, { schemaVersion: 2, mediaType: type, manifests: [child.descriptor] });
      await registry.putManifest(app, first, index);
      expect(await registry.resolve(app, first)).toEqual(index.descriptor);
      expect(textOf((await registry.getManifest(app, first)).bytes)).toBe(textOf(index.bytes));
    },
  })) satisfies Law[]),
  {
    says: "a manifest pushed by digest has no tag",
    async holds(registry) {
      const manifest = await image(registry, "amd64");
      await registry.putManifest(app, manifest.descriptor.digest, manifest);
      expect(await registry.resolve(app, manifest.descriptor.digest)).toEqual(manifest.descriptor);
      expect(await tagsOf(registry)).toEqual([]);
    },
  },
  {
    says: "a manifest pushed by its sha512 is known by it",
    async holds(registry) {
      const manifest = await image(registry, "amd64");
      const digest = parseDigest(`sha512:${createHash("sha512").update(manifest.bytes).digest("hex")}`);
      expect((await registry.putManifest(app, digest, manifest)).digest).toBe(digest);
      expect((await registry.resolve(app, digest)).digest).toBe(digest);
      expect(textOf((await registry.getManifest(app, digest)).bytes)).toBe(textOf(manifest.bytes));
    },
  },
  {
    says: "a push moves the tag it names and no other",
    async holds(registry) {
      const before = await pushed(registry, "before", [first, second]);
      const after = await pushed(registry, "after", [first]);
      expect((await registry.resolve(app, first)).digest).toBe(after.descriptor.digest);
      expect((await registry.resolve(app, second)).digest).toBe(before.descriptor.digest);
    },
  },
  {
    says: "an index without children is taken in",
    async holds(registry) {
      const index = indexOf([], { annotations: { nonce: "1" } });
      await registry.putManifest(app, first, index);
      expect(await registry.resolve(app, first)).toEqual(index.descriptor);
    },
  },
  {
    says: "a foreign layer need not be there",
    async holds(registry) {
      const foreign = { mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip" };
      const layers = [{ ...foreign, digest: unknown, size: 5, urls: ["https://layers.invalid/5"] }];
      const manifest = await image(registry, "amd64", { more: { layers } });
      expect(await registry.putManifest(app, first, manifest)).toEqual(manifest.descriptor);
    },
  },
  {
    says: "a child of an index may be a layer, as in BuildKit's caches",
    async holds(registry) {
      const { bytes } = await image(registry, "amd64");
      const { layers } = JSON.parse(textOf(bytes));
      const cache = indexOf(layers);
      expect(await registry.putManifest(app, first, cache)).toEqual(cache.descriptor);
    },
  },
  {
    says: "what a manifest points to must be in its repository",
    async holds(registry) {
      const elsewhere = await image(registry, "elsewhere", { repository: other });
      const missing = { mediaType: ociManifest, digest: unknown, size: 7 };
      for (const manifest of [
        elsewhere,
        indexOf([missing]),
        await image(registry, "b", { more: { layers: [missing] } }),
      ]) {
        await expectCode(registry.putManifest(app, first, manifest), "MANIFEST_BLOB_UNKNOWN");
      }
      await expectCode(registry.resolve(app, first), "MANIFEST_UNKNOWN", "NAME_UNKNOWN");
    },
  },
  {
    says: "a manifest under another's digest is refused",
    async holds(registry) {
      const manifest = await image(registry, "amd64");
      await expectCode(registry.putManifest(app, unknown, manifest), "DIGEST_INVALID");
      await expectCode(registry.resolve(app, unknown), "MANIFEST_UNKNOWN", "NAME_UNKNOWN");
    },
  },
  {
    says: "what is no manifest is refused",
    async holds(registry) {
      const { descriptor, bytes } = await image(registry, "amd64");
      const json = JSON.parse(textOf(bytes));
      const bad = [
        { mediaType: ociManifest, bytes: bytesOf("not JSON") },
        { mediaType: ociManifest, bytes: bytesOf("[]") },
        { mediaType: ociIndex, bytes },
        made(ociManifest, { ...json, layers: "none" }),
        made(ociManifest, { ...json, manifests: [descriptor] }),
        made(ociIndex, { ...json, mediaType: ociIndex, manifests: [] }),
        made("no type", { ...json, mediaType: "no type" }),
      ];
      for (const manifest of bad) {
        await expectCode(registry.putManifest(app, first, manifest), "MANIFEST_INVALID");
      }
    },
  },
  {
    says: "what a registry in Go could not read back is refused",
    async holds(registry) {
      const { descriptor, bytes } = await pushed(registry, "amd64", [second]);
      const text = textOf(bytes);
      const platform = (more: object) => indexOf([{ ...descriptor, platform: { os: "", architecture: "", ...more } }]);
      const config = (more: string) => text.replace('"config": {', `"config": { ${more},`);
      const bad = [
        ...[text.replace(/"size": \d+/, "$&e0"), text.replace(/"size": \d+/, "$&.0")],
        ...[text.replace(/"size": \d+/, '"size": 9007199254740992'), text.replace(/"size": \d+/, '"size": 1e300')],
        ...[text.replace('"schemaVersion": 2', "$&.0"), config('"size": 1.0'), config('"s\\u0069ze": 1.0')],
        ...[config('"urls": "x"'), config('"urls": [1]'), config('"data": "%"'), config('"Urls": []')],
        text.replace("{", `{ "deep": ${"[".repeat(10_000)}${"]".repeat(10_000)},`),
        text.replace("{", '{ "LAYERS": [],'),
      ].map((one) => ({ mediaType: ociManifest, bytes: bytesOf(one) }));
      const children = [platform({ "os.features": "x" }), platform({ "os.version": 1 }), platform({ features: {} })];
      for (const manifest of [...bad, ...children]) {
        await expectCode(registry.putManifest(app, first, manifest), "MANIFEST_INVALID");
      }
    },
  },
  {
    says: "what nobody reads in a manifest may be anything",
    async holds(registry) {
      const text = textOf((await image(registry, "amd64")).bytes);
      const deep = `${"[".repeat(9_999)}${"]".repeat(9_999)}`;
      const more = `"one": 1.5, "two": { "size": 1e9, "SIZE": [] }, "three": ${deep}, "four": "{[\\""`;
      const manifest = { mediaType: ociManifest, bytes: bytesOf(text.replace("{", `{ ${more},`)) };
      expect((await registry.putManifest(app, first, manifest)).size).toBe(manifest.bytes.length);
    },
  },
  {
    says: "what is not there is unknown",
    async holds(registry) {
      await expectCode(registry.resolve(app, first), "MANIFEST_UNKNOWN", "NAME_UNKNOWN");
      await pushed(registry, "amd64", [first]);
      for (const reference of [second, unknown]) {
        await expectCode(registry.resolve(app, reference), "MANIFEST_UNKNOWN");
        await expectCode(registry.getManifest(app, reference), "MANIFEST_UNKNOWN");
      }
      await expectCode(registry.getManifest(other, first), "MANIFEST_UNKNOWN", "NAME_UNKNOWN");
    },
  },
];

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
