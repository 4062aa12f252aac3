import { verifying } from "../registry/digest.ts";
import { RegistryError } from "../registry/errors.ts";
import type { Digest, RepositoryName } from "../registry/names.ts";
import type { ByteRange } from "../registry/registry.ts";
import type { StorageDriver } from "./drivers/driver.ts";
import { blobFile, layerFolder, linkIn } from "./paths.ts";

/** The blobs of a storage tree: each stored once, and linked where it is known. */
export interface Blobs {
  /** In bytes. Throws `BLOB_UNKNOWN`. */
  size(repository: RepositoryName, digest: Digest): Promise<number>;
  isIn(repository: RepositoryName, digest: Digest): Promise<boolean>;
  isStored(digest: Digest): Promise<boolean>;
  /** Reads a blob, verified where it is read whole. */
  content(digest: Digest, range?: ByteRange): AsyncIterable<Uint8Array>;
  link(repository: RepositoryName, digest: Digest): Promise<void>;
  /** Throws `BLOB_UNKNOWN`. */
  unlink(repository: RepositoryName, digest: Digest): Promise<void>;
}

/**
 * The blobs of a tree; a repository knows a blob by a link in its layer folder, and `unlink` leaves the bytes.
 */
export function blobsIn(driver: StorageDriver): Blobs {
  const isLinked = async (repository: RepositoryName, digest: Digest) =>
    (await driver.stat(linkIn(layerFolder(repository, digest)))) !== undefined;
  const isStored = async (digest: Digest) => (await driver.stat(blobFile(digest))) !== undefined;
  return {
    async size(repository, digest) {
      const [linked, stored] = await Promise.all([isLinked(repository, digest), driver.stat(blobFile(digest))]);
      if (!linked || stored === undefined) throw unknown(digest);
      return stored.size;
    },
    async isIn(repository, digest) {
      const [linked, stored] = await Promise.all([isLinked(repository, digest), isStored(digest)]);
      return linked && stored;
    },
    isStored,
    content(digest, range) {
      const stream = driver.stream(blobFile(digest), range);
      return range === undefined ? verifying(digest)(stream) : stream;
    },
    link: (repository, digest) =>
      driver.write([{ path: linkIn(layerFolder(repository, digest)), bytes: new TextEncoder().encode(digest) }]),
    async unlink(repository, digest) {
      if (!(await isLinked(repository, digest))) throw unknown(digest);
      await driver.delete(layerFolder(repository, digest));
    },
  };
}

function unknown(digest: Digest): RegistryError {
  return new RegistryError("BLOB_UNKNOWN", `blob ${digest} is unknown`);
}
