import { isAbsent, RegistryError } from "../registry/errors.ts";
import { describe, type Manifest } from "../registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";

interface Place {
  readonly registry: Pick<Registry, "getManifest" | "putManifest">;
  readonly repository: RepositoryName;
}

/**
 * Points a tag at a manifest, reads the tag back with a GET, and resolves to the digest it then has: another one where
 * somebody pushed meanwhile. A 201 alone proves nothing, nor does a HEAD, which a cache may answer.
 */
export async function putBack({ registry, repository }: Place, tag: Tag, manifest: Manifest): Promise<Digest> {
  await registry.putManifest(repository, tag, manifest);
  const stored = await registry.getManifest(repository, tag).catch((error) => {
    throw isAbsent(error) ? notStored(tag, error) : error;
  });
  return describe(stored).digest;
}

/** As distribution answers whose cache in memory does not know of a garbage collection: the tag then leads nowhere. */
function notStored(tag: Tag, cause: unknown): RegistryError {
  const hint = "after a garbage collection restart the registry, or put back what that took with tagwise gc restore";
  const message = `the registry said that it stored the manifest of "${tag}", and does not have it; ${hint}`;
  return new RegistryError("ANSWER_INVALID", message, { cause, said: "MANIFEST_UNKNOWN" });
}
