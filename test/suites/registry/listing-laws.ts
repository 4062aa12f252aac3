import { expect } from "vitest";
import { type Descriptor, mediaTypes } from "../../../src/registry/image.ts";
import { parseRepositoryName, parseTag } from "../../../src/registry/names.ts";
import { allOf } from "../../../src/registry/pages.ts";
import { putBlob } from "../../../src/registry/uploads.ts";
import { app, bytesOf, first, image, indexOf, type Made, other, pushed, unknown } from "./contents.ts";
import { expectCode, type Law, tagsOf } from "./law.ts";

const names = ["a", "b-2", "b.1", "c", "d"].map(parseTag);

/** Repositories, tags and referrers, page by page. */
export const listingLaws: readonly Law[] = [
  {
    says: "listRepositories() names every repository once",
    async holds(registry) {
      expect(await allOf((page) => registry.listRepositories(page))).toEqual([]);
      const pushedTo = ["a", "a/b/c", "a-b", "z"].map(parseRepositoryName);
      for (const repository of pushedTo) await pushed(registry, "amd64", [first], repository);
      const found = await allOf((page) => registry.listRepositories({ limit: 2, ...page }));
      expect(found.sort()).toEqual([...pushedTo].sort());
    },
  },
  {
    says: "listRepositories() goes on behind the name it is told",
    async holds(registry) {
      for (const name of ["a", "b", "c"]) await pushed(registry, "amd64", [first], parseRepositoryName(name));
      expect((await registry.listRepositories({ after: "a" })).items).toEqual(["b", "c"]);
    },
  },
  {
    says: "listTags() of an unknown repository throws NAME_UNKNOWN",
    holds: (registry) => expectCode(registry.listTags(app), "NAME_UNKNOWN"),
  },
  {
    says: "listTags() of a repository that never had a manifest throws NAME_UNKNOWN",
    async holds(registry) {
      await putBlob(registry, app, bytesOf("blob"));
      await expectCode(registry.listTags(app), "NAME_UNKNOWN");
    },
  },
  {
    says: "listTags() of a repository without tags is empty",
    async holds(registry) {
      await pushed(registry, "amd64", [first]);
      await registry.deleteManifest(app, (await registry.resolve(app, first)).digest);
      expect(await tagsOf(registry)).toEqual([]);
    },
  },
  {
    says: "listTags() names every tag of this repository, in order, and of no other",
    async holds(registry) {
      await pushed(registry, "amd64", [...names].reverse());
      await pushed(registry, "amd64", [parseTag("elsewhere")], other);
      expect((await registry.listTags(app)).items).toEqual(names);
    },
  },
  {
    says: "listTags() in pages joins to the whole",
    async holds(registry) {
      await pushed(registry, "amd64", names);
      const page = await registry.listTags(app, { limit: 2 });
      expect(page.items).toEqual(names.slice(0, 2));
      expect(page.next).toBeDefined();
      expect(await allOf((page) => registry.listTags(app, { limit: 2, ...page }))).toEqual(names);
      expect((await registry.listTags(app, { limit: 5 })).next).toBeUndefined();
    },
  },
  {
    says: "listTags() goes on behind the name it is told, also where that is gone",
    async holds(registry) {
      await pushed(registry, "amd64", names);
      expect((await registry.listTags(app, { after: "b-2" })).items).toEqual(names.slice(2));
      expect((await registry.listTags(app, { after: "b" })).items).toEqual(names.slice(1));
      expect((await registry.listTags(app, { after: "z" })).items).toEqual([]);
    },
  },
  {
    says: "listReferrers() names the manifests whose subject it is, also where that is not there",
    async holds(registry) {
      const { descriptor } = await pushed(registry, "amd64", [first]);
      expect((await registry.listReferrers(app, descriptor.digest)).items).toEqual([]);
      expect((await registry.listReferrers(other, descriptor.digest)).items).toEqual([]);
      for (const subject of [descriptor, { ...descriptor, digest: unknown }]) {
        const signature = await image(registry, subject.digest, { more: signing(subject) });
        const index = indexOf([], { subject, artifactType: "application/vnd.test.list" });
        for (const made of [signature, index]) await registry.putManifest(app, made.descriptor.digest, made);
        const { items } = await registry.listReferrers(app, subject.digest);
        expect(byDigest(items)).toEqual(byDigest([entry(signature, true), entry(index, false)]));
      }
    },
  },
  {
    says: "listReferrers() keeps to one type where it is asked",
    async holds(registry) {
      const { descriptor } = await pushed(registry, "amd64", [first]);
      const signature = await image(registry, "signature", { more: signing(descriptor) });
      const plain = await image(registry, "plain", { more: { subject: descriptor } });
      for (const made of [signature, plain]) await registry.putManifest(app, made.descriptor.digest, made);
      const asked = async (artifactType: string) =>
        (await registry.listReferrers(app, descriptor.digest, { artifactType })).items.map(({ digest }) => digest);
      expect(await asked("application/vnd.test.signature")).toEqual([signature.descriptor.digest]);
      expect(await asked(mediaTypes.ociConfig)).toEqual([plain.descriptor.digest]);
      expect(await asked("application/vnd.test.none")).toEqual([]);
    },
  },
  {
    says: "listReferrers() takes an empty type for none: an image then has its config's, an index no type",
    async holds(registry) {
      const { descriptor } = await pushed(registry, "amd64", [first]);
      const more = { subject: descriptor, artifactType: "" };
      const manifest = await image(registry, "signature", { more });
      const index = indexOf([], more);
      for (const made of [manifest, index]) await registry.putManifest(app, made.descriptor.digest, made);
      const { items } = await registry.listReferrers(app, descriptor.digest);
      const expected = [{ ...manifest.descriptor, artifactType: mediaTypes.ociConfig }, index.descriptor];
      expect(byDigest(items)).toEqual(byDigest(expected));
    },
  },
  {
    says: "listReferrers() forgets a manifest that is deleted",
    async holds(registry) {
      const { descriptor } = await pushed(registry, "amd64", [first]);
      const signature = await image(registry, "signature", { more: signing(descriptor) });
      await registry.putManifest(app, signature.descriptor.digest, signature);
      expect((await registry.listReferrers(app, descriptor.digest)).items).toHaveLength(1);
      await registry.deleteManifest(app, signature.descriptor.digest);
      expect((await registry.listReferrers(app, descriptor.digest)).items).toEqual([]);
    },
  },
];

function signing(subject: Descriptor): object {
  return { subject, artifactType: "application/vnd.test.signature", annotations: { by: "nobody" } };
}

function entry({ descriptor }: Made, isSignature: boolean): Descriptor {
  return isSignature
    ? { ...descriptor, artifactType: "application/vnd.test.signature", annotations: { by: "nobody" } }
    : { ...descriptor, artifactType: "application/vnd.test.list" };
}

function byDigest(items: readonly Descriptor[]): readonly Descriptor[] {
  return [...items].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}
