import { admitted } from "../registry/admission.ts";
import { matches } from "../registry/digest.ts";
import { RegistryError } from "../registry/errors.ts";
import { type Descriptor, largestManifest, type Manifest } from "../registry/image.ts";
import { mediaTypeWithin } from "../registry/media-type.ts";
import {
  type Digest,
  isDigest,
  isDigestText,
  type Reference,
  type RepositoryName,
  type Tag,
} from "../registry/names.ts";
import { recentlyUsed } from "../support/recently-used.ts";
import type { Blobs } from "./blobs.ts";
import type { NewFile, NewFolder, StorageDriver } from "./drivers/driver.ts";
import { blobFile, currentLink, indexLink, linkIn, revisionFolder, tagFolder } from "./paths.ts";
import { requireReadable } from "./readable.ts";

/** A manifest as the tree keeps it. */
interface StoredManifest {
  readonly manifest: Manifest;
  readonly descriptor: Descriptor;
}

/** The manifests of a storage tree: bytes stored once, a revision in each repository, links from its tags. */
export interface Manifests {
  /** Throws `MANIFEST_UNKNOWN`, `ANSWER_INVALID` where the tree holds other bytes than it says. */
  find(repository: RepositoryName, reference: Reference): Promise<StoredManifest>;
  isIn(repository: RepositoryName, digest: Digest): Promise<boolean>;
  /** What a tag points at; undefined where it is not there, or its link is being written. */
  current(repository: RepositoryName, tag: Tag): Promise<Digest | undefined>;
  put(repository: RepositoryName, reference: Reference, manifest: Manifest): Promise<Descriptor>;
}

/** Bytes of manifests kept in memory; that the tree still has them is looked up each time. */
const mostKept = 32 * 1024 * 1024;

/** The manifests of a tree; up to 32 MiB of their bytes are kept in memory. */
export function manifestsIn(driver: StorageDriver, blobs: Blobs): Manifests {
  const kept = recentlyUsed<Digest, StoredManifest>(mostKept);

  async function current(repository: RepositoryName, tag: Tag): Promise<Digest | undefined> {
    const link = await driver.read(currentLink(repository, tag));
    const digest = link === undefined ? "" : new TextDecoder().decode(link).trim();
    return isDigestText(digest) ? digest : undefined;
  }
  async function find(repository: RepositoryName, reference: Reference): Promise<StoredManifest> {
    const digest = isDigest(reference) ? reference : await current(repository, reference);
    if (digest === undefined) throw unknown(reference);
    const [revision, stored] = await Promise.all([
      driver.stat(linkIn(revisionFolder(repository, digest))),
      driver.stat(blobFile(digest)),
    ]);
    if (revision === undefined || stored === undefined) throw unknown(reference);
    return kept.get(digest) ?? read(digest, stored.size);
  }
  async function read(digest: Digest, size: number): Promise<StoredManifest> {
    const bytes = size > largestManifest ? undefined : await driver.read(blobFile(digest));
    if (bytes === undefined) throw new RegistryError("ANSWER_INVALID", `manifest ${digest} is too large`);
    if (!matches(digest, bytes)) {
      throw new RegistryError("ANSWER_INVALID", `the store holds other bytes than those of ${digest}`);
    }
    const manifest = { mediaType: mediaTypeWithin(bytes), bytes };
    const found = { manifest, descriptor: { mediaType: manifest.mediaType, digest, size: bytes.length } };
    kept.set(digest, found, bytes.length);
    return found;
  }
  async function isIn(repository: RepositoryName, digest: Digest): Promise<boolean> {
    const files = [linkIn(revisionFolder(repository, digest)), blobFile(digest)];
    return (await Promise.all(files.map((file) => driver.stat(file)))).every((file) => file !== undefined);
  }

  return {
    find,
    isIn,
    current,
    async put(repository, reference, manifest) {
      const { descriptor, content } = await admitted(manifest, reference, {
        hasBlob: (digest) => blobs.isIn(repository, digest),
        hasManifest: (digest) => isIn(repository, digest),
      });
      requireReadable(manifest, content);
      const { digest } = descriptor;
      const [stored] = await driver.readAll([blobFile(digest)]);
      const isStored = stored !== undefined && Buffer.compare(stored, manifest.bytes) === 0; // a damaged one is mended
      // each link only when all that it leads to is there
      await driver.write([
        ...(isStored ? [] : [{ path: blobFile(digest), bytes: manifest.bytes }]),
        linkAt(linkIn(revisionFolder(repository, digest)), digest),
        ...tagLinks(repository, reference, digest),
      ]);
      return descriptor;
    },
  };
}

/** A tag is listed by its folder, which therefore comes into being with the links in it. */
function tagLinks(repository: RepositoryName, reference: Reference, digest: Digest): readonly NewFolder[] {
  if (isDigest(reference)) return [];
  const paths = [indexLink(repository, reference, digest), currentLink(repository, reference)];
  return [{ folder: tagFolder(repository, reference), files: paths.map((path) => linkAt(path, digest)) }];
}

function linkAt(path: string, digest: Digest): NewFile {
  return { path, bytes: new TextEncoder().encode(digest) };
}

function unknown(reference: Reference): RegistryError {
  return new RegistryError("MANIFEST_UNKNOWN", `manifest ${reference} is unknown`);
}
