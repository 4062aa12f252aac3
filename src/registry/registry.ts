import type { Descriptor, Manifest } from "./image.ts";
import type { Digest, Reference, RepositoryName, Tag } from "./names.ts";

/** Everything one registry can do, wherever it lives: behind HTTP, in memory, or on a disk. */
export interface Registry {
  /** Reads one page of repository names. Throws `UNSUPPORTED` or `DENIED` where the registry offers no catalog. */
  listRepositories(page?: PageRequest): Promise<Page<RepositoryName>>;

  /** Reads one page of tags, in the order the registry keeps them. Throws `NAME_UNKNOWN`. */
  listTags(repository: RepositoryName, page?: PageRequest): Promise<Page<Tag>>;

  /**
   * Reads one page of the manifests whose `subject` is this digest; empty where there are none. Throws `UNSUPPORTED`
   * without a referrers API.
   */
  listReferrers(repository: RepositoryName, subject: Digest, page?: ReferrersRequest): Promise<Page<Descriptor>>;

  /** Reads the descriptor that a tag or digest points to. Throws `MANIFEST_UNKNOWN`, `NAME_UNKNOWN`. */
  resolve(repository: RepositoryName, reference: Reference): Promise<Descriptor>;

  /**
   * Reads a manifest exactly as it was pushed, verified against its digest. Throws `MANIFEST_UNKNOWN`, `NAME_UNKNOWN`.
   */
  getManifest(repository: RepositoryName, reference: Reference): Promise<Manifest>;

  /**
   * Stores a manifest and, when the reference is a tag, points that one tag at it. Throws `MANIFEST_BLOB_UNKNOWN`,
   * `MANIFEST_INVALID`.
   */
  putManifest(repository: RepositoryName, reference: Reference, manifest: Manifest): Promise<Descriptor>;

  /** Deletes a manifest together with EVERY tag that points at it. Throws `MANIFEST_UNKNOWN`, `UNSUPPORTED`. */
  deleteManifest(repository: RepositoryName, digest: Digest, options?: ManifestDeletionOptions): Promise<void>;

  /**
   * Removes one tag; the manifest and its other tags stay. Throws `MANIFEST_UNKNOWN`, `UNSUPPORTED` where the registry
   * cannot.
   */
  deleteTag(repository: RepositoryName, tag: Tag, by?: TagDeletionPath): Promise<void>;

  /** Reads the size of a blob in bytes. Throws `BLOB_UNKNOWN`. */
  statBlob(repository: RepositoryName, digest: Digest): Promise<number>;

  /**
   * Opens a blob for reading; the stream throws `ANSWER_INVALID` where it is cut or does not match. Throws
   * `BLOB_UNKNOWN`, `DIGEST_INVALID`.
   */
  getBlob(repository: RepositoryName, digest: Digest, range?: ByteRange): Promise<Blob>;

  /** Opens an upload for a blob; its digest is given only at the end, to `commit`. */
  openUpload(repository: RepositoryName): Promise<Upload>;

  /**
   * Mounts a blob of the repository `from` (without it, of any) into this one. False where it must be uploaded instead.
   */
  mountBlob(repository: RepositoryName, digest: Digest, from?: RepositoryName): Promise<boolean>;

  /** Removes a blob from this repository; others keep theirs. Throws `BLOB_UNKNOWN`, `UNSUPPORTED`. */
  deleteBlob(repository: RepositoryName, digest: Digest): Promise<void>;
}

/** How a manifest's deletion is waited for. */
export interface ManifestDeletionOptions {
  /**
   * True to wait for the answer without a time limit: the registry may first have to read every tag of the repository.
   */
  readonly lasting?: boolean;
}

/** The specification's `DELETE …/manifests/<tag>`, or GitLab's older `DELETE …/tags/reference/<tag>`. */
export type TagDeletionPath = "manifests" | "tags/reference";

/** A blob upload that has been opened and not yet ended. */
export interface Upload {
  /** Bytes received so far. */
  readonly size: number;
  /** Sends more of the content, after what was sent before. */
  append(content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Ends the upload and stores the blob. Throws `DIGEST_INVALID` where the content does not match. */
  commit(digest: Digest): Promise<Descriptor>;
  /** Ends the upload and discards its content. */
  cancel(): Promise<void>;
}

/** A blob opened for reading. */
export interface Blob {
  /** Bytes in the whole blob, also where a range of it is read; undefined where the registry does not say. */
  readonly size: number | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Offsets of the first and last byte, both included, as in HTTP; without `last`, up to the end. */
export interface ByteRange {
  readonly first: number;
  readonly last?: number;
}

/** Which page of a listing is wanted; without any field, the first. */
export interface PageRequest {
  /** `next` of the page before; opaque to all but the registry that gave it. */
  readonly cursor?: string;
  /** Begin after this name, in the registry's order: the specification's `last`. Ignored where there is a cursor. */
  readonly after?: string;
  /** The most items wanted: the specification's `n`. A registry may give fewer, or all. */
  readonly limit?: number;
  /** Aborted when the page is not wanted any more: then no other try is waited for. */
  readonly signal?: AbortSignal;
}

/** Which page of a referrers list is wanted. */
export interface ReferrersRequest extends PageRequest {
  /** Only referrers of this artifact type; without it, all. */
  readonly artifactType?: string;
}

/** One page of a listing; it may hold fewer items than were asked for without being the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The cursor of the next page; absent on the last. */
  readonly next?: string;
}
