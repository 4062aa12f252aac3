import { verifying } from "../registry/digest.ts";
import { RegistryError } from "../registry/errors.ts";
import { type Digest, isDigestText, partsOf, type RepositoryName } from "../registry/names.ts";
import { within } from "../registry/ranges.ts";
import type { Blob, ByteRange } from "../registry/registry.ts";
import { keyedLock } from "../support/keyed-lock.ts";
import type { StorageDriver } from "./drivers/driver.ts";
import { blobFile, layerFolder, linkIn } from "./paths.ts";

/** The blobs of a storage tree: each stored once, and linked where it is known. */
export interface Blobs {
  /** In bytes. Throws `BLOB_UNKNOWN`. */
  size(repository: RepositoryName, digest: Digest): Promise<number>;
  isIn(repository: RepositoryName, digest: Digest): Promise<boolean>;
  /** Opens a blob, which is verified where it is read whole. Throws `BLOB_UNKNOWN`, `RANGE_INVALID`. */
  open(repository: RepositoryName, digest: Digest, range?: ByteRange): Promise<Blob>;
  /** Makes a blob known that is stored under its digest. */
  link(repository: RepositoryName, digest: Digest): Promise<void>;
  /** Makes a blob of another repository, or of any, known in this one; false where it is not there. */
  mount(repository: RepositoryName, digest: Digest, from?: RepositoryName): Promise<boolean>;
  /** Throws `BLOB_UNKNOWN`. */
  unlink(repository: RepositoryName, digest: Digest): Promise<void>;
}

interface Stored {
  /** The digest under which the bytes lie. */
  readonly as: Digest;
  readonly size: number;
}

/** The blobs of a tree; a repository knows a blob by a link in its layer folder, and `unlink` leaves the bytes. */
export function blobsIn(driver: StorageDriver): Blobs {
  const lock = keyedLock(); // a link that is written beside its deletion would find its folder gone
  const keyOf = (repository: RepositoryName, digest: Digest) => `${repository}@${digest}`;

  /** Distribution stores the bytes of any digest under their sha256, which the link then holds. */
  async function target(repository: RepositoryName, digest: Digest): Promise<Digest | undefined> {
    const link = linkIn(layerFolder(repository, digest));
    if (partsOf(digest).algorithm === "sha256") return (await driver.stat(link)) && digest;
    const bytes = await driver.read(link);
    const text = bytes === undefined ? "" : new TextDecoder().decode(bytes);
    return isDigestText(text) ? text : undefined;
  }
  async function stored(as: Digest | undefined): Promise<Stored | undefined> {
    const found = as && (await driver.stat(blobFile(as)));
    return as && found && { as, size: found.size };
  }
  async function find(repository: RepositoryName, digest: Digest): Promise<Stored> {
    const found = await stored(await target(repository, digest));
    if (found === undefined) throw unknown(digest);
    return found;
  }
  function link(repository: RepositoryName, digest: Digest, as: Digest): Promise<void> {
    const bytes = new TextEncoder().encode(as);
    const paths = [...new Set([as, digest])].map((one) => linkIn(layerFolder(repository, one))); // it looks for both
    return lock.shared(keyOf(repository, digest), () => driver.write(paths.map((path) => ({ path, bytes }))));
  }

  return {
    size: async (repository, digest) => (await find(repository, digest)).size,
    isIn: async (repository, digest) => (await stored(await target(repository, digest))) !== undefined,
    async open(repository, digest, range) {
      const { as, size } = await find(repository, digest);
      if (range === undefined) return { size, content: verifying(digest)(driver.stream(blobFile(as))) };
      return { size, content: driver.stream(blobFile(as), within(range, size)) };
    },
    link: (repository, digest) => link(repository, digest, digest),
    async mount(repository, digest, from) {
      const found = await stored(from === undefined ? digest : await target(from, digest));
      if (found !== undefined) await link(repository, digest, found.as);
      return found !== undefined;
    },
    unlink: (repository, digest) =>
      lock.exclusive(keyOf(repository, digest), async () => {
        if ((await target(repository, digest)) === undefined) throw unknown(digest);
        await driver.delete(layerFolder(repository, digest));
      }),
  };
}

function unknown(digest: Digest): RegistryError {
  return new RegistryError("BLOB_UNKNOWN", `blob ${digest} is unknown`);
}
