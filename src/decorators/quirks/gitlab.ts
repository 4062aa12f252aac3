import { RegistryError } from "../../registry/errors.ts";
import { saying } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

/** GitLab's registry before August 2023 deletes a tag only by its own path, `tags/reference`. */
export const ownTagPath: Quirk = {
  registry: (registry) => ({
    ...registry,
    async deleteTag(repository, tag, by = "manifests") {
      if (by === "tags/reference") return registry.deleteTag(repository, tag, by);
      throw new RegistryError("DIGEST_INVALID", "provided digest did not match uploaded content");
    },
  }),
};

/** The headers by which GitLab's registry names itself in every answer. */
export const gitlabHeaders: Quirk = saying({
  "gitlab-container-registry-version": "3.79.0-gitlab",
  "gitlab-container-registry-features": "tag_delete",
  "gitlab-container-registry-database-enabled": "false",
});
