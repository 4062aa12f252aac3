import { RegistryError } from "./errors.ts";
import {
  type Descriptor,
  describe,
  isDistributed,
  isIndexType,
  isManifestOf,
  isSchema1,
  type Manifest,
  type ManifestContent,
  parseManifest,
} from "./image.ts";
import { isMediaType, mediaTypeWithin } from "./media-type.ts";
import { type Digest, isDigest, type Reference } from "./names.ts";
import { requireWellFormed } from "./well-formed.ts";

/** What one repository holds already. */
export interface Holdings {
  hasBlob(digest: Digest): Promise<boolean>;
  hasManifest(digest: Digest): Promise<boolean>;
}

/** A manifest that a repository may take in, under the digest that will name it. */
export interface Admitted {
  readonly descriptor: Descriptor;
  readonly content: ManifestContent;
}

/**
 * Judges a manifest as a registry does before it stores it: its digest, its type, and that all it points to is there,
 * save its `subject`, which the specification lets be missing. Throws `DIGEST_INVALID`, `MANIFEST_INVALID`,
 * `MANIFEST_BLOB_UNKNOWN`.
 */
export async function admitted(manifest: Manifest, reference: Reference, holdings: Holdings): Promise<Admitted> {
  const content = parseManifest(manifest);
  requireWellFormed(manifest.bytes);
  const descriptor = describedAs(manifest, reference);
  requireOneKind(manifest, content);
  await requireParts(content, holdings);
  return { descriptor, content };
}

/**
 * The descriptor under which a manifest appears in the referrers list of its `subject`; artifact type and annotations
 * as the specification derives them.
 */
export function referrerOf({ descriptor, content }: Admitted): Descriptor {
  const configType = isIndexType(descriptor.mediaType) ? undefined : content.config?.mediaType;
  const artifactType = content.artifactType || configType;
  const hasAnnotations = Object.keys(content.annotations).length > 0;
  return {
    ...descriptor,
    ...(artifactType && { artifactType }),
    ...(hasAnnotations && { annotations: content.annotations }),
  };
}

function describedAs(manifest: Manifest, reference: Reference): Descriptor {
  const descriptor = describe(manifest);
  if (!isDigest(reference)) return descriptor;
  if (!isManifestOf(reference, manifest)) {
    throw new RegistryError("DIGEST_INVALID", `the manifest is not that of ${reference}`);
  }
  return { ...descriptor, digest: reference };
}

/**
 * A body that reads as an index to one client and as an image to another would hide what it points to (CVE-2021-41190).
 */
function requireOneKind({ mediaType, bytes }: Manifest, content: ManifestContent): void {
  const within = mediaTypeWithin(bytes);
  if (within !== mediaType && !(isSchema1(within) && isSchema1(mediaType))) {
    throw new RegistryError("MANIFEST_INVALID", `the manifest was sent as ${mediaType} and says it is ${within}`);
  }
  // it becomes a header of every answer
  if (!isMediaType(mediaType)) throw new RegistryError("MANIFEST_INVALID", "the manifest's media type is none");
  const ambiguous = isIndexType(within)
    ? content.config !== undefined || content.layers.length > 0
    : content.manifests.length > 0;
  if (ambiguous) throw new RegistryError("MANIFEST_INVALID", "the manifest is an image and an index at once");
}

async function requireParts(content: ManifestContent, { hasBlob, hasManifest }: Holdings): Promise<void> {
  const { config, layers, manifests } = content;
  const blobs = [...(config ? [config] : []), ...layers.filter(isDistributed)];
  await requireEach("blob", blobs, hasBlob);
  // the children of a BuildKit cache index are layers
  await requireEach("manifest", manifests, async (digest) => (await hasManifest(digest)) || hasBlob(digest));
}

/** How many are looked up at once. */
const together = 32;

/** Each digest is looked up once, however often it is named. */
async function requireEach(
  what: string,
  named: readonly Descriptor[],
  isThere: (digest: Digest) => Promise<boolean>,
): Promise<void> {
  const digests = [...new Set(named.map(({ digest }) => digest))];
  for (let start = 0; start < digests.length; start += together) {
    const some = digests.slice(start, start + together);
    const found = await Promise.all(some.map(isThere));
    const missing = some.find((_, place) => !found[place]);
    if (missing === undefined) continue;
    throw new RegistryError("MANIFEST_BLOB_UNKNOWN", `${what} ${missing} is unknown to the repository`);
  }
}
