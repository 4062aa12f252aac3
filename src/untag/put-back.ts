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
  return describe(await registry.getManifest(repository, tag)).digest;
}
