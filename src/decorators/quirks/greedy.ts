import type { Quirk } from "./quirk.ts";

/** Deletes a tag's manifest where the tag is to be deleted: its siblings go too, and the answer is 202. */
export const siblingsGoAlong: Quirk = {
  registry: (registry) => ({
    ...registry,
    async deleteTag(repository, tag) {
      const { digest } = await registry.resolve(repository, tag);
      await registry.deleteManifest(repository, digest);
    },
  }),
};
