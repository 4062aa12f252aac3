import { RegistryError } from "./errors.ts";
import {
  type Descriptor,
  describe,
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
  const artifactType = content.artifactType || content.config?.mediaType; // empty is as good as absent
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

/** A body that reads as an index to one client and as an image to another would hide what it points to (CVE-2021-41190). */
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

async function requireParts(content: ManifestContent, holdings: Holdings): Promise<void> {
  const blobs = [...(content.config ? [content.config] : []), ...content.layers.filter(isDistributed)];
  for (const digest of new Set(blobs.map((blob) => blob.digest))) {
    if (!(await holdings.hasBlob(digest))) throw missing(`blob ${digest}`);
  }
  for (const digest of new Set(content.manifests.map((child) => child.digest))) {
    // the children of a BuildKit cache index are layers
    const isThere = (await holdings.hasManifest(digest)) || (await holdings.hasBlob(digest));
    if (!isThere) throw missing(`manifest ${digest}`);
  }
}

/**
 * False for foreign (non-distributable) layers: they are downloaded from their `urls` and need not be in the registry.
 */
function isDistributed({ mediaType }: Descriptor): boolean {
  return !/\.(?:nondistributable|foreign)\./.test(mediaType);
}

function missing(what: string): RegistryError {
  return new RegistryError("MANIFEST_BLOB_UNKNOWN", `${what} is unknown to the repository`);
}
