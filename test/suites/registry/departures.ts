import { expect } from "vitest";
import { parseDigest } from "../../../src/registry/names.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import type { Departure, Departures } from "../describe-registry.ts";
import { app, first, pushed, second, third, unknown } from "./contents.ts";
import { expectCode, tagsOf } from "./law.ts";

const noReferrers: Departure = {
  because: "it has no referrers API",
  async instead(registry) {
    const { descriptor } = await pushed(registry, "one", [first]);
    await expectCode(registry.listReferrers(app, descriptor.digest), "UNSUPPORTED");
  },
};

const noTagsReference: Departure = {
  because: "GitLab's path is not one of its own",
  async instead(registry) {
    const { descriptor } = await pushed(registry, "one", [first, second]);
    await expectCode(registry.deleteTag(app, first, "tags/reference"), "MANIFEST_UNKNOWN");
    expect(await registry.resolve(app, first)).toEqual(descriptor);
  },
};

/** Refuses the deletion of a tag and changes nothing. */
function refusing(code: "DIGEST_INVALID" | "UNSUPPORTED", because: string): Departure {
  return {
    because,
    async instead(registry) {
      await pushed(registry, "one", [first, second]);
      for (const tag of [first, third]) await expectCode(registry.deleteTag(app, tag), code);
      expect(await tagsOf(registry)).toEqual([first, second]);
    },
  };
}

function noTagDeletion(...refusal: Parameters<typeof refusing>): Departures {
  return { "deleteTag()": refusing(...refusal), "pushes and deletions at once": refusing(...refusal) };
}

function layerLost(
  because: string,
  instead: (registry: Registry, layer: ReturnType<typeof parseDigest>) => Promise<void>,
): Departures {
  return {
    "deleteManifest() of a layer's digest": {
      because,
      async instead(registry) {
        const { bytes } = await pushed(registry, "one", [first]);
        await instead(registry, parseDigest(JSON.parse(new TextDecoder().decode(bytes)).layers[0].digest));
      },
    },
  };
}

const unpaged: Departure = {
  because: "it lists all tags at once",
  async instead(registry) {
    await pushed(registry, "one", [first, second, third]);
    const page = await registry.listTags(app, { limit: 1, after: first });
    expect(page).toEqual({ items: [first, third, second] });
  },
};

const siblingsGo: Departure = {
  because: "it takes the deletion of a tag for that of its manifest",
  async instead(registry) {
    const { descriptor } = await pushed(registry, "one", [first, second]);
    await pushed(registry, "two", [third]);
    await registry.deleteTag(app, first);
    expect(await tagsOf(registry)).toEqual([third]);
    await expectCode(registry.resolve(app, descriptor.digest), "MANIFEST_UNKNOWN");
  },
};

const dangling: Departure = {
  because: "the tags of a deleted manifest stay and point at nothing",
  async instead(registry) {
    const manifest = await pushed(registry, "one", [first, second]);
    await registry.deleteManifest(app, manifest.descriptor.digest);
    expect(await tagsOf(registry)).toEqual([first, second]);
    await expectCode(registry.resolve(app, first), "MANIFEST_UNKNOWN");
    await registry.putManifest(app, first, manifest);
    expect(await registry.resolve(app, first)).toEqual(manifest.descriptor);
  },
};

const noDeletion: Departure = {
  because: "deletion is switched off",
  async instead(registry) {
    const { descriptor } = await pushed(registry, "one", [first]);
    for (const digest of [descriptor.digest, unknown]) {
      await expectCode(registry.deleteManifest(app, digest), "UNSUPPORTED");
      await expectCode(registry.deleteBlob(app, digest), "UNSUPPORTED");
    }
    for (const tag of [first, second]) await expectCode(registry.deleteTag(app, tag), "UNSUPPORTED");
    expect(await registry.resolve(app, first)).toEqual(descriptor);
  },
};

/** By profile: the laws it breaks. */
export const departuresOf: Readonly<Record<string, Departures>> = {
  oci: {},
  distribution2: {
    "listReferrers()": noReferrers,
    "listTags() in pages": unpaged,
    "listTags() goes on behind": unpaged,
    "deleteTag() by tags/reference": noTagsReference,
    ...noTagDeletion("DIGEST_INVALID", "it takes a tag for a digest"),
    ...layerLost("it deletes the layer", async (registry, layer) => {
      await registry.deleteManifest(app, layer);
      await expectCode(registry.statBlob(app, layer), "BLOB_UNKNOWN");
    }),
  },
  distribution3: {
    "listTags() in pages": {
      because: "it takes a full page for one that others follow",
      async instead(registry) {
        await pushed(registry, "one", [first, second]);
        const { items, next } = await registry.listTags(app, { limit: 2 });
        expect(items).toEqual([first, second]);
        expect(await registry.listTags(app, { cursor: String(next) })).toEqual({ items: [] });
      },
    },
    "listReferrers()": noReferrers,
    "deleteTag() by tags/reference": noTagsReference,
    ...layerLost("it fails over it", (registry, layer) => expectCode(registry.deleteManifest(app, layer), "UNKNOWN")),
  },
  gitlab: {
    "listReferrers()": noReferrers,
    ...Object.fromEntries(
      ["deleteTag() by manifests", "deleteTag() of", "pushes and deletions at once"].map((start) => [
        start,
        refusing("DIGEST_INVALID", "only tags/reference removes a tag"),
      ]),
    ),
  },
  harbor: noTagDeletion("UNSUPPORTED", "tags are deleted by an API of its own"),
  nexus: {
    "deleteManifest() takes every tag": dangling,
    "listTags() of a repository without tags": dangling,
    ...noTagDeletion("UNSUPPORTED", "it takes no deletion by tag"),
  },
  greedy: {
    "deleteTag() by": siblingsGo,
    "deleteTag() of the last tag": siblingsGo,
    "pushes and deletions at once": siblingsGo,
  },
};

/** What breaks wherever deletion is switched off. */
export const departuresWithoutDeletion: Departures = Object.fromEntries(
  [
    "deleteManifest()",
    "deleteTag()",
    "deleteBlob()",
    "listTags() of a repository without tags",
    "listReferrers() forgets",
    "pushes and deletions at once",
    "a blob that was deleted",
    "an unknown blob is unknown",
    "mountBlob()",
  ].map((start) => [start, noDeletion]),
);
