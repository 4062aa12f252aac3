import { admitted, referrerOf } from "../registry/admission.ts";
import { RegistryError } from "../registry/errors.ts";
import type { Descriptor, Manifest } from "../registry/image.ts";
import { type Digest, isDigest, type Reference, type RepositoryName, type Tag } from "../registry/names.ts";
import { pageOf } from "../registry/pages.ts";
import { within } from "../registry/ranges.ts";
import type { Registry } from "../registry/registry.ts";
import { blobStore, slice } from "./blobs.ts";

interface Repository {
  readonly manifests: Map<Digest, Stored>;
  readonly tags: Map<Tag, Digest>;
  readonly blobs: Set<Digest>;
  /** Whether it ever had a manifest: only then are its tags listed. */
  hadManifests: boolean;
}

interface Stored {
  readonly manifest: Manifest;
  readonly descriptor: Descriptor;
  /** Its entry in its subject's list of referrers. */
  readonly referrer: Descriptor;
  readonly subject: Digest | undefined;
}

/**
 * A registry in this process's memory, for the demonstration and tests; it is empty at first and ends with the process.
 */
export function memoryRegistry(): Registry {
  const repositories = new Map<RepositoryName, Repository>();
  const blobs = blobStore();

  return {
    async listRepositories(page) {
      return pageOf([...repositories.keys()].sort(), page);
    },
    async listTags(repository, page) {
      const found = repositories.get(repository);
      if (!found?.hadManifests) throw new RegistryError("NAME_UNKNOWN", `repository ${repository} is unknown`);
      return pageOf([...found.tags.keys()].sort(), page);
    },
    async listReferrers(repository, subject, { artifactType } = {}) {
      const stored = [...(repositories.get(repository)?.manifests.values() ?? [])];
      const referrers = stored.filter((one) => one.subject === subject).map(({ referrer }) => referrer);
      return { items: referrers.filter((one) => artifactType === undefined || one.artifactType === artifactType) };
    },

    async resolve(repository, reference) {
      return find(repositories, repository, reference).stored.descriptor;
    },
    async getManifest(repository, reference) {
      return find(repositories, repository, reference).stored.manifest;
    },
    async putManifest(repository, reference, manifest) {
      const { descriptor, content } = await admitted(manifest, reference, {
        hasBlob: async (digest) => repositories.get(repository)?.blobs.has(digest) ?? false,
        hasManifest: async (digest) => repositories.get(repository)?.manifests.has(digest) ?? false,
      });
      const found = opened(repositories, repository);
      const { manifests, tags } = found;
      const referrer = referrerOf({ descriptor, content });
      manifests.set(descriptor.digest, { manifest, descriptor, referrer, subject: content.subject?.digest });
      if (!isDigest(reference)) tags.set(reference, descriptor.digest);
      found.hadManifests = true;
      return descriptor;
    },
    async deleteManifest(repository, digest) {
      const { manifests, tags } = find(repositories, repository, digest);
      manifests.delete(digest);
      for (const [tag, target] of tags) if (target === digest) tags.delete(tag);
    },
    async deleteTag(repository, tag) {
      find(repositories, repository, tag).tags.delete(tag);
    },

    async statBlob(repository, digest) {
      requireBlob(repositories.get(repository), digest);
      return blobs.get(digest).length;
    },
    async getBlob(repository, digest, range) {
      requireBlob(repositories.get(repository), digest);
      const bytes = blobs.get(digest);
      return { size: bytes.length, content: slice(bytes, within(range, bytes.length)) };
    },
    async openUpload(repository) {
      return blobs.open((digest) => opened(repositories, repository).blobs.add(digest));
    },
    async mountBlob(repository, digest, from) {
      const sources = from === undefined ? [...repositories.values()] : [repositories.get(from)];
      if (!sources.some((source) => source?.blobs.has(digest))) return false;
      opened(repositories, repository).blobs.add(digest);
      return true;
    },
    async deleteBlob(repository, digest) {
      requireBlob(repositories.get(repository), digest);
      repositories.get(repository)?.blobs.delete(digest);
      const isHeld = [...repositories.values()].some((other) => other.blobs.has(digest));
      if (!isHeld) blobs.forget(digest);
    },
  };
}

/** The repository of a name, made where it does not exist yet. */
function opened(repositories: Map<RepositoryName, Repository>, name: RepositoryName): Repository {
  const found = repositories.get(name) ?? {
    manifests: new Map(),
    tags: new Map(),
    blobs: new Set(),
    hadManifests: false,
  };
  repositories.set(name, found);
  return found;
}

function find(
  repositories: ReadonlyMap<RepositoryName, Repository>,
  name: RepositoryName,
  reference: Reference,
): Repository & { readonly stored: Stored } {
  const repository = repositories.get(name);
  const digest = isDigest(reference) ? reference : repository?.tags.get(reference);
  const stored = digest === undefined ? undefined : repository?.manifests.get(digest);
  if (repository === undefined || stored === undefined) {
    throw new RegistryError("MANIFEST_UNKNOWN", `manifest ${reference} is unknown`);
  }
  return { ...repository, stored };
}

function requireBlob(repository: Repository | undefined, digest: Digest): void {
  if (!repository?.blobs.has(digest)) throw new RegistryError("BLOB_UNKNOWN", `blob ${digest} is unknown`);
}
