import { RegistryError } from "../../registry/errors.ts";
import { isDigest, type RepositoryName, type Tag } from "../../registry/names.ts";
import { allOf, pageOf } from "../../registry/pages.ts";
import { saying } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

/**
 * Nexus 3.89 deletes a manifest by digest and leaves its tags in the listing, without a manifest (nexus-public#925).
 */
export const danglingTags: Quirk = {
  registry: (registry) => {
    const dangling = new Map<RepositoryName, Set<Tag>>();
    const danglingIn = (repository: RepositoryName) => dangling.get(repository) ?? new Set<Tag>();
    return {
      ...registry,
      async listTags(repository, page) {
        const standing = await allOf((asked) => registry.listTags(repository, asked));
        return pageOf([...new Set([...standing, ...danglingIn(repository)])].sort(), page);
      },
      async putManifest(repository, reference, manifest) {
        const descriptor = await registry.putManifest(repository, reference, manifest);
        if (!isDigest(reference)) danglingIn(repository).delete(reference);
        return descriptor;
      },
      async deleteManifest(repository, digest) {
        const tags = await allOf((page) => registry.listTags(repository, page)).catch(() => []);
        const targets = await Promise.all(tags.map((tag) => registry.resolve(repository, tag).catch(() => undefined)));
        await registry.deleteManifest(repository, digest);
        const left = tags.filter((_, place) => targets[place]?.digest === digest);
        dangling.set(repository, new Set([...danglingIn(repository), ...left]));
      },
    };
  },
};

/** Nexus refuses a DELETE by tag with 405. */
export const noTagDeletion: Quirk = {
  registry: (registry) => ({
    ...registry,
    async deleteTag() {
      throw new RegistryError("UNSUPPORTED", "the operation is unsupported");
    },
  }),
};

/** The header by which Nexus names itself in every answer. */
export const nexusHeaders: Quirk = saying({ server: "Nexus/3.89.0-09 (COMMUNITY)" });
