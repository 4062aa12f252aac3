import { RegistryError } from "../../registry/errors.ts";
import type { Quirk } from "./quirk.ts";

/** Harbor has an API of its own for tags, and refuses a DELETE by tag with 400. */
export const tagDeletionRefused: Quirk = {
  registry: (registry) => ({
    ...registry,
    async deleteTag() {
      throw new RegistryError("UNSUPPORTED", "the reference of a deletion must be a digest", { status: 400 });
    },
  }),
};
