import { RegistryError } from "../registry/errors.ts";
import { isSchema1, type Manifest, type ManifestContent, mediaTypes } from "../registry/image.ts";

const kept: ReadonlySet<string> = new Set([
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerList,
  mediaTypes.dockerManifest,
]);

/**
 * Refuses what distribution cannot read back from the tree: it would answer 500 for it from then on, and its collector
 * would stop there. Throws `MANIFEST_INVALID`.
 */
export function requireReadable({ mediaType, bytes }: Manifest, { schemaVersion }: ManifestContent): void {
  // the tree keeps it without its signatures, and whoever serves it would sign anew: other bytes
  if (isSchema1(mediaType)) throw invalid("schema 1 cannot be kept as it is in this layout");
  if (!kept.has(mediaType)) throw invalid(`distribution could not read back a manifest of the type ${mediaType}`);
  if (bytes[0] === 0xef) throw invalid("the manifest begins with a byte order mark");
  if (schemaVersion !== 2) throw invalid("the manifest does not say that its schemaVersion is 2");
}

function invalid(says: string): RegistryError {
  return new RegistryError("MANIFEST_INVALID", says);
}
