import { isAbsent, RegistryError, unlessAbsent } from "../../registry/errors.ts";
import { isDistributed, type Manifest, type ManifestContent, parseManifest } from "../../registry/image.ts";
import type { Digest, RepositoryName } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { pooled } from "../../support/pool.ts";

type Reads = Pick<Registry, "getManifest" | "getBlob">;

interface Whole {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly manifest: Manifest;
}

/**
 * Names the blobs and children without which a manifest cannot be pulled, also where the registry would take it: a cache
 * in memory does not know of a garbage collection, and answers for blobs that are gone. Where the manifest itself can
 * still be read, none was collected.
 */
export async function missingParts(
  registry: Reads,
  { repository, digest, manifest }: Whole,
): Promise<readonly string[]> {
  const content = contentOf(manifest);
  if (content === undefined || (await readManifest(registry, repository, digest)) !== undefined) return [];
  const { config, layers, manifests } = content;
  const blobs = [...(config ? [config] : []), ...layers.filter(isDistributed)];
  const parts = [
    ...blobs.map((blob) => ({ name: `blob ${blob.digest}`, ...blob, isChild: false })),
    ...manifests.map((child) => ({ name: `child ${child.digest}`, ...child, isChild: true })),
  ];
  const gone = await pooled(parts, async (part) => {
    if (part.isChild && (await readManifest(registry, repository, part.digest)) !== undefined) return false;
    return isGone(registry, repository, part.digest); // the children of a BuildKit cache are blobs
  });
  return [...new Set(parts.filter((_, index) => gone[index]).map(({ name }) => name))];
}

async function readManifest(
  registry: Reads,
  repository: RepositoryName,
  digest: Digest,
): Promise<Manifest | undefined> {
  return unlessAbsent(registry.getManifest(repository, digest), undefined);
}

/** Reads one byte. What a registry does not want to show is not taken for gone: whether it is, the push will tell. */
async function isGone(registry: Reads, repository: RepositoryName, digest: Digest): Promise<boolean> {
  const opened = await registry.getBlob(repository, digest, { first: 0, last: 0 }).catch((error) => {
    if (isAbsent(error)) return "absent";
    if (error instanceof RegistryError) return "unknown";
    throw error;
  });
  if (typeof opened === "string") return opened === "absent";
  try {
    for await (const chunk of opened.content) if (chunk.length > 0) return false;
  } catch {
    // announced, and then not sent
  }
  return true;
}

function contentOf(manifest: Manifest): ManifestContent | undefined {
  try {
    return parseManifest(manifest);
  } catch {
    return undefined; // then the registry's own error is shown
  }
}
