import type { Descriptor, Manifest } from "./image.ts";
import type { Digest, Reference, RepositoryName, Tag } from "./names.ts";

/** Everything one registry can do, wherever it lives: behind HTTP, in memory, or on a disk. */
export interface Registry {
  /** Reads one page of repository names. Throws `UNSUPPORTED` or `DENIED` where there is no catalog. */
  listRepositories(page?: PageRequest): Promise<Page<RepositoryName>>;

  /** Reads one page of tags, in the order the registry keeps them. Throws `NAME_UNKNOWN`. */
  listTags(repository: RepositoryName, page?: PageRequest): Promise<Page<Tag>>;

  /** Reads one page of the manifests whose `subject` is this digest; empty where there are none. Throws `UNSUPPORTED` without that API. */
  listReferrers(repository: RepositoryName, subject: Digest, page?: ReferrersRequest): Promise<Page<Descriptor>>;

  /** Reads the descriptor that a tag or digest points to. Throws `MANIFEST_UNKNOWN`, `NAME_UNKNOWN`. */
  resolve(repository: RepositoryName, reference: Reference): Promise<Descriptor>;

  /** Reads a manifest exactly as it was pushed, verified against its digest. Throws `MANIFEST_UNKNOWN`, `NAME_UNKNOWN`. */
  getManifest(repository: RepositoryName, reference: Reference): Promise<Manifest>;

  /** Stores a manifest and, when the reference is a tag, points that one tag at it. Throws `MANIFEST_BLOB_UNKNOWN`, `MANIFEST_INVALID`. */
  putManifest(repository: RepositoryName, reference: Reference, manifest: Manifest): Promise<Descriptor>;

  /** Deletes a manifest together with EVERY tag that points at it. Throws `MANIFEST_UNKNOWN`, `UNSUPPORTED`. */
  deleteManifest(repository: RepositoryName, digest: Digest, options?: ManifestDeletionOptions): Promise<void>;

  /** Removes one tag; the manifest and its other tags stay. Throws `MANIFEST_UNKNOWN`, `UNSUPPORTED` where the registry cannot. */
  deleteTag(repository: RepositoryName, tag: Tag, by?: TagDeletionPath): Promise<void>;

  /** Reads the size of a blob in bytes. Throws `BLOB_UNKNOWN`. */
  statBlob(repository: RepositoryName, digest: Digest): Promise<number>;

  /** Opens a blob for reading; the stream throws `ANSWER_INVALID` where it is cut or does not match. Throws `BLOB_UNKNOWN`, `DIGEST_INVALID`. */
  getBlob(repository: RepositoryName, digest: Digest, range?: ByteRange): Promise<Blob>;

  /** Begins to write a blob whose digest is known at its end. */
  openUpload(repository: RepositoryName): Promise<Upload>;

  /** Makes a blob of one repository known in another; without `from`, of any. False where it must be uploaded instead. */
  mountBlob(repository: RepositoryName, digest: Digest, from?: RepositoryName): Promise<boolean>;

  /** Forgets a blob in this repository. Throws `BLOB_UNKNOWN`, `UNSUPPORTED`. */
  deleteBlob(repository: RepositoryName, digest: Digest): Promise<void>;
}

export interface ManifestDeletionOptions {
  /** It may take as long as the registry walks through its tags: its answer is waited for, however long that is. */
  readonly lasting?: boolean;
}

/** The specification's `DELETE …/manifests/<tag>`, or GitLab's older `DELETE …/tags/reference/<tag>`. */
export type TagDeletionPath = "manifests" | "tags/reference";

/** A blob on its way in. */
export interface Upload {
  /** Bytes received so far. */
  readonly size: number;
  append(content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Ends the upload. Throws `DIGEST_INVALID` where the content is not the digest's. */
  commit(digest: Digest): Promise<Descriptor>;
  cancel(): Promise<void>;
}

export interface Blob {
  /** Bytes in the whole blob, also where a range of it is read; undefined where the registry does not say. */
  readonly size: number | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}

/** First and last byte, both included, as in HTTP. */
export interface ByteRange {
  readonly first: number;
  readonly last?: number;
}

export interface PageRequest {
  /** Where the page begins; only the registry that gave it can read it. */
  readonly cursor?: string;
  /** Begin behind this name, in the registry's order: the specification's `last`. A cursor goes before it. */
  readonly after?: string;
  /** Most items wanted; a registry may give fewer, or all. */
  readonly limit?: number;
  /** Ends the wait for another try, where one follows: nobody wants the page any more. */
  readonly signal?: AbortSignal;
}

export interface ReferrersRequest extends PageRequest {
  readonly artifactType?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** The cursor of the next page; absent on the last. */
  readonly next?: string;
}
