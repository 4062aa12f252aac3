import { digestOf, matches } from "../registry/digest.ts";
import { isManifestOf, largestConfig, type Manifest } from "../registry/image.ts";
import { mediaTypeWithin } from "../registry/media-type.ts";
import { type Digest, isDigest } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";
import { bodyOf } from "../wire/body.ts";

/** A cache of immutable bytes by key; it may forget any entry at any time. */
export interface ContentStore {
  get(key: string): Uint8Array | undefined;
  set(key: string, bytes: Uint8Array): void;
}

/**
 * Reads manifests by digest, and blobs up to 16 MiB, from a store where it has them, verified each time. They may have
 * been deleted in the registry: fit for showing what images contain, never for proving that something exists.
 */
export function cached(registry: Registry, store: ContentStore): Registry {
  return {
    ...registry,
    async getManifest(repository, reference) {
      const kept = isDigest(reference) ? manifestIn(store, reference) : undefined;
      if (kept !== undefined) return kept;
      const manifest = await registry.getManifest(repository, reference);
      const key = isDigest(reference) ? reference : digestOf(manifest.bytes);
      if (typeIn(manifest.bytes) === manifest.mediaType) store.set(manifestKey(key), manifest.bytes);
      return manifest;
    },
    async getBlob(repository, digest, range) {
      if (range !== undefined) return registry.getBlob(repository, digest, range);
      const kept = store.get(blobKey(digest));
      if (kept !== undefined && matches(digest, kept)) return { size: kept.length, content: bodyOf(kept) };
      const blob = await registry.getBlob(repository, digest);
      if (blob.size !== undefined && blob.size > largestConfig) return blob;
      return { ...blob, content: keeping(blob.content, (bytes) => store.set(blobKey(digest), bytes)) };
    },
  };
}

const manifestKey = (digest: Digest) => `manifest bytes ${digest}`;
const blobKey = (digest: Digest) => `blob ${digest}`;

/**
 * Reads a manifest from the store. Its type is read from its bytes, so that no registry's word on it reaches another.
 */
function manifestIn(store: ContentStore, digest: Digest): Manifest | undefined {
  const bytes = store.get(manifestKey(digest));
  const mediaType = bytes && typeIn(bytes);
  if (bytes === undefined || mediaType === undefined) return undefined;
  return isManifestOf(digest, { mediaType, bytes }) ? { mediaType, bytes } : undefined;
}

function typeIn(bytes: Uint8Array): string | undefined {
  try {
    return mediaTypeWithin(bytes);
  } catch {
    return undefined; // not a manifest
  }
}

/**
 * Passes a stream on and calls `keep` with its content at its end; content that is large or not read to its end is not
 * kept.
 */
async function* keeping(
  content: AsyncIterable<Uint8Array>,
  keep: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  let chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size <= largestConfig) chunks.push(chunk);
    else chunks = [];
    yield chunk;
  }
  if (size <= largestConfig) keep(Buffer.concat(chunks, size));
}
