import { expect } from "vitest";
import { parseDigest, parseTag } from "../../../src/registry/names.ts";
import { app, first, other, pushed, second, third, unknown } from "./contents.ts";
import { expectCode, type Law, tagsOf } from "./law.ts";

/** What goes when something is deleted, and above all what stays. */
export const deletionLaws: readonly Law[] = [
  {
    says: "deleteManifest() takes every tag that points at it, and no other",
    async holds(registry) {
      const { descriptor } = await pushed(registry, "one", [first, second]);
      const stays = await pushed(registry, "two", [third]);
      await registry.deleteManifest(app, descriptor.digest);
      expect(await tagsOf(registry)).toEqual([third]);
      for (const reference of [first, second, descriptor.digest]) {
        await expectCode(registry.resolve(app, reference), "MANIFEST_UNKNOWN");
      }
      expect(await registry.resolve(app, third)).toEqual(stays.descriptor);
    },
  },
  {
    says: "deleteManifest() leaves the other repositories alone",
    async holds(registry) {
      const { descriptor } = await pushed(registry, "one", [first]);
      await pushed(registry, "one", [first], other);
      await registry.deleteManifest(app, descriptor.digest);
      expect(await registry.resolve(other, first)).toEqual(descriptor);
    },
  },
  {
    says: "deleteManifest() of an unknown digest throws MANIFEST_UNKNOWN",
    async holds(registry) {
      await expectCode(registry.deleteManifest(app, unknown), "MANIFEST_UNKNOWN", "NAME_UNKNOWN");
      const { descriptor } = await pushed(registry, "one", [first]);
      await registry.deleteManifest(app, descriptor.digest);
      await expectCode(registry.deleteManifest(app, descriptor.digest), "MANIFEST_UNKNOWN");
    },
  },
  {
    says: "deleteManifest() of a layer's digest throws MANIFEST_UNKNOWN, and the layer stays",
    async holds(registry) {
      const { bytes } = await pushed(registry, "one", [first]);
      const layer = parseDigest(JSON.parse(new TextDecoder().decode(bytes)).layers[0].digest);
      await expectCode(registry.deleteManifest(app, layer), "MANIFEST_UNKNOWN");
      expect(await registry.statBlob(app, layer)).toBeGreaterThan(0);
    },
  },
  ...((["manifests", "tags/reference"] as const).map((by) => ({
    says: `deleteTag() by ${by} removes one tag; its siblings and the manifest stay`,
    async holds(registry) {
      const { descriptor } = await pushed(registry, "one", [first, second, third]);
      await registry.deleteTag(app, first, by);
      expect(await tagsOf(registry)).toEqual([third, second].sort());
      await expectCode(registry.resolve(app, first), "MANIFEST_UNKNOWN");
      for (const reference of [second, third, descriptor.digest]) {
        expect(await registry.resolve(app, reference)).toEqual(descriptor);
      }
    },
  })) satisfies Law[]),
  {
    says: "deleteTag() of the last tag keeps the manifest, and a push of the same bytes brings the tag back",
    async holds(registry) {
      const manifest = await pushed(registry, "one", [first]);
      await registry.deleteTag(app, first);
      expect(await tagsOf(registry)).toEqual([]);
      expect(await registry.resolve(app, manifest.descriptor.digest)).toEqual(manifest.descriptor);
      await registry.putManifest(app, first, manifest);
      expect(await registry.resolve(app, first)).toEqual(manifest.descriptor);
    },
  },
  {
    says: "deleteTag() of an unknown tag throws MANIFEST_UNKNOWN and changes nothing",
    async holds(registry) {
      await pushed(registry, "one", [first, second]);
      await expectCode(registry.deleteTag(app, third), "MANIFEST_UNKNOWN");
      expect(await tagsOf(registry)).toEqual([first, second]);
    },
  },
  {
    says: "pushes and deletions at once leave every tag as its own calls left it",
    async holds(registry) {
      const keep = await pushed(registry, "kept", [first]);
      const go = await pushed(registry, "going", []);
      const numbers = Array.from({ length: 24 }, (_, index) => index);
      await Promise.all(
        numbers.map(async (number) => {
          const tag = parseTag(`t${number}`);
          await registry.putManifest(app, tag, number % 3 === 0 ? go : keep);
          if (number % 3 === 1) await registry.deleteTag(app, tag);
        }),
      );
      await registry.deleteManifest(app, go.descriptor.digest);
      const left = numbers.filter((number) => number % 3 === 2).map((number) => `t${number}`);
      expect(await tagsOf(registry)).toEqual([first, ...left].sort());
      for (const tag of left) expect(await registry.resolve(app, parseTag(tag))).toEqual(keep.descriptor);
    },
  },
];
