import { RegistryError } from "../../../src/registry/errors.ts";
import { describe, isIndexType, mediaTypes } from "../../../src/registry/image.ts";
import { type Digest, isDigest, type RepositoryName, type Tag } from "../../../src/registry/names.ts";
import { everyTag, pageOf } from "../../../src/registry/pages.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { readDecoy } from "../../../src/untag/decoy.ts";

/** Says that it deleted a manifest, and has not; what does not exist it does not know. */
export function deletesNothing(registry: Registry): Registry {
  return {
    ...registry,
    deleteManifest: async (repository, digest) => void (await registry.resolve(repository, digest)),
  };
}

/**
 * distribution 2 on S3: a tag stays in the listing, without a manifest, while another begins with its name and `-` or
 * `.`.
 */
export function leavesZombies(registry: Registry): Registry {
  const zombies = new Map<string, RepositoryName>();
  return {
    ...registry,
    async listTags(repository, page) {
      const left = [...zombies].flatMap(([tag, where]) => (where === repository ? [tag as Tag] : []));
      return pageOf([...new Set([...(await everyTag(registry, repository)), ...left])].sort(), page);
    },
    async putManifest(repository, reference, manifest) {
      zombies.delete(reference);
      return registry.putManifest(repository, reference, manifest);
    },
    async deleteManifest(repository, digest) {
      const tags = await everyTag(registry, repository);
      const going = await tagsOn(registry, repository, digest);
      await registry.deleteManifest(repository, digest);
      for (const tag of going) {
        if (tags.some((other) => other.startsWith(`${tag}-`) || other.startsWith(`${tag}.`)))
          zombies.set(tag, repository);
      }
    },
  };
}

/** distribution 3.1 on S3: the listing drops a name that extends another. */
export function dropsNames(registry: Registry): Registry {
  return {
    ...registry,
    async listTags(repository, page) {
      const tags = await everyTag(registry, repository);
      const extended = (tag: Tag) => tags.some((other) => other !== tag && tag.startsWith(other));
      return pageOf(tags.filter((tag) => !extended(tag)).sort(), page);
    },
  };
}

/** Knows no index without manifests, and takes the forms that are named. */
export function refusesEmpty(...mediaTypesRefused: readonly string[]): (registry: Registry) => Registry {
  return (registry) => ({
    ...registry,
    async putManifest(repository, reference, manifest) {
      const { manifests, layers } = JSON.parse(new TextDecoder().decode(manifest.bytes));
      const isEmpty = (manifests ?? layers).length === 0;
      if (isEmpty && mediaTypesRefused.includes(manifest.mediaType)) {
        throw new RegistryError(
          "MANIFEST_INVALID",
          isIndexType(manifest.mediaType) ? "an index of nothing" : "no layers",
        );
      }
      return registry.putManifest(repository, reference, manifest);
    },
  });
}

export const ociForms: readonly string[] = [mediaTypes.ociIndex, mediaTypes.ociManifest];

/** Deletes no manifest that is there, although it answers like one that does. */
export function refusesDeletion(error: RegistryError): (registry: Registry) => Registry {
  return (registry) => ({
    ...registry,
    async deleteManifest(repository, digest) {
      await registry.resolve(repository, digest);
      throw error;
    },
  });
}

/** Answers 201 to whatever is put back on a tag, and stores nothing: a stale cache. */
export function keepsDecoys(registry: Registry): Registry {
  return {
    ...registry,
    async putManifest(repository, reference, manifest) {
      if (isDigest(reference) || readDecoy(manifest) !== undefined) {
        return registry.putManifest(repository, reference, manifest);
      }
      return describe(manifest);
    },
  };
}

/**
 * The walk of distribution's DELETE: it notes which tags match, takes its time, and removes them, whatever they are by
 * then.
 */
export function walks(meanwhile: () => Promise<void>): (registry: Registry) => Registry {
  return (registry) => ({
    ...registry,
    async deleteManifest(repository, digest) {
      const matched = await tagsOn(registry, repository, digest);
      if (matched.length > 0) await meanwhile();
      await registry.deleteManifest(repository, digest);
      for (const tag of matched) await registry.deleteTag(repository, tag).catch(() => {});
    },
  });
}

/** Gives everybody else a turn, so often. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function tagsOn(registry: Registry, repository: RepositoryName, digest: Digest): Promise<readonly Tag[]> {
  const found: Tag[] = [];
  for (const tag of await everyTag(registry, repository).catch(() => [])) {
    const current = await registry.resolve(repository, tag).catch(() => undefined);
    if (current?.digest === digest) found.push(tag);
  }
  return found;
}
