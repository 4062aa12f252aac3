import type { Quirk } from "./quirk.ts";

/** Takes the deletion of a tag for that of its manifest: the siblings go along, and the answer is 202. */
export const siblingsGoAlong: Quirk = {
  registry: (registry) => ({
    ...registry,
    async deleteTag(repository, tag) {
      const { digest } = await registry.resolve(repository, tag);
      await registry.deleteManifest(repository, digest);
    },
  }),
};
