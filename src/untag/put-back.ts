import { describe, type Manifest } from "../registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";

interface Place {
  readonly registry: Pick<Registry, "getManifest" | "putManifest">;
  readonly repository: RepositoryName;
}

/**
 * Points a tag at a manifest and resolves to the digest of the bytes that the tag gives then. A 201 alone is no proof
 * that it stands there, nor is a HEAD that a cache answers; and somebody may have pushed meanwhile.
 */
export async function putBack({ registry, repository }: Place, tag: Tag, manifest: Manifest): Promise<Digest> {
  await registry.putManifest(repository, tag, manifest);
  return describe(await registry.getManifest(repository, tag)).digest;
}
