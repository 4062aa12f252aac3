import { digestOf, matches } from "../registry/digest.ts";
import { RegistryError } from "../registry/errors.ts";
import type { Digest } from "../registry/names.ts";
import type { Upload } from "../registry/registry.ts";

/** Blobs by digest, in this process's memory. */
export interface BlobStore {
  /** The bytes of a blob. Throws `BLOB_UNKNOWN`. */
  get(digest: Digest): Uint8Array;
  /** Opens an upload, and calls `committed` once its blob is stored. */
  open(committed: (digest: Digest) => void): Upload;
  forget(digest: Digest): void;
}

/** Makes an empty store; it keeps each blob once for all repositories. */
export function blobStore(): BlobStore {
  const blobs = new Map<Digest, Uint8Array>();
  return {
    get(digest) {
      const bytes = blobs.get(digest);
      if (bytes === undefined) throw new RegistryError("BLOB_UNKNOWN", `blob ${digest} is unknown`);
      return bytes;
    },
    open: (committed) =>
      uploadInto((digest, bytes) => {
        blobs.set(digest, bytes);
        committed(digest);
      }),
    forget: (digest) => void blobs.delete(digest),
  };
}

function uploadInto(keep: (digest: Digest, bytes: Uint8Array) => void): Upload {
  let chunks: Uint8Array[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    async append(content) {
      for await (const chunk of content) {
        chunks.push(Uint8Array.from(chunk)); // the sender may use its buffer again
        size += chunk.length;
      }
    },
    async commit(digest) {
      const bytes = Buffer.concat(chunks, size);
      chunks = [];
      if (!matches(digest, bytes)) {
        throw new RegistryError("DIGEST_INVALID", `the content is that of ${digestOf(bytes)}, not ${digest}`);
      }
      keep(digest, bytes);
      return { mediaType: "application/octet-stream", digest, size };
    },
    async cancel() {
      chunks = [];
    },
  };
}

/** Streams the bytes from `first` to `last`, both included. */
export async function* slice(
  bytes: Uint8Array,
  { first, last }: { readonly first: number; readonly last: number },
): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(first, last + 1);
}
