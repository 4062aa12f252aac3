import { createHash, randomUUID } from "node:crypto";
import { hashFor } from "../registry/digest.ts";
import { RegistryError } from "../registry/errors.ts";
import { type Digest, partsOf, type RepositoryName } from "../registry/names.ts";
import type { Upload } from "../registry/registry.ts";
import type { Blobs } from "./blobs.ts";
import type { StorageDriver } from "./drivers/driver.ts";
import { blobFile, uploadFile, uploadFolder, uploadStart } from "./paths.ts";

/** Where an upload goes, and when it began. */
export interface UploadTarget {
  readonly repository: RepositoryName;
  readonly blobs: Blobs;
  readonly now: Date;
}

/** Begins a blob of a storage tree; its bytes go straight to their file, and the file to its place at the end. */
export async function uploadInto(driver: StorageDriver, { repository, blobs, now }: UploadTarget): Promise<Upload> {
  const id = randomUUID();
  const file = uploadFile(repository, id);
  const sha256 = createHash("sha256");
  let size = 0;
  const start = { path: uploadStart(repository, id), bytes: new TextEncoder().encode(now.toISOString()) };
  const files = [start, { path: file, bytes: new Uint8Array() }];
  await driver.write([{ folder: uploadFolder(repository, id), files }], { durable: false });

  async function* counted(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      yield chunk;
      sha256.update(chunk); // only what was written counts
      size += chunk.length;
    }
  }
  async function cancel(): Promise<void> {
    await driver.delete(uploadFolder(repository, id), { durable: false });
  }
  async function requireDigest(digest: Digest): Promise<void> {
    const { algorithm, encoded } = partsOf(digest);
    const found = algorithm === "sha256" ? sha256.digest("hex") : await hashOf(driver.stream(file), digest);
    if (found !== encoded) throw new RegistryError("DIGEST_INVALID", `the content is not that of ${digest}`);
    // a disk that was full in the middle of a write left more than was counted
    if ((await driver.stat(file))?.size !== size) throw new RegistryError("SIZE_INVALID", "the upload is damaged");
  }

  return {
    get size() {
      return size;
    },
    append: (content) => driver.append(file, counted(content)),
    async commit(digest) {
      try {
        await requireDigest(digest);
        await driver.move(file, blobFile(digest)); // also over one of the same size, which may be damaged
        await blobs.link(repository, digest);
      } finally {
        await cancel();
      }
      return { mediaType: "application/octet-stream", digest, size };
    },
    cancel,
  };
}

async function hashOf(content: AsyncIterable<Uint8Array>, digest: Digest): Promise<string> {
  const hash = hashFor(digest);
  for await (const chunk of content) hash.update(chunk);
  return hash.digest("hex");
}
