import type { ByteRange } from "../../registry/registry.ts";

/**
 * Stores files under paths with slashes, relative to its root. A missing file reads as undefined, a missing folder as
 * an empty list.
 */
export interface StorageDriver {
  /** True where folders exist by themselves, so that one step can move a whole folder; false in a bucket. */
  readonly hasFolders: boolean;
  /** Milliseconds by which the clock that dates the files is ahead of this machine's, as far as known; else 0. */
  ahead(): number;
  /** Names of what lies directly in a folder, in no order. */
  list(folder: string): Promise<readonly string[]>;
  stat(path: string): Promise<StoredFile | undefined>;
  read(path: string): Promise<Uint8Array | undefined>;
  /** Reads a file in parts; it must be there. */
  stream(path: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  /**
   * Writes small files whole: a reader sees the old one or the new one of each, no file before those that come ahead of
   * it, and all of them stay when this resolves. Until all are written, no folder comes into being for one.
   */
  write(files: readonly (NewFile | NewFolder)[], options?: WriteOptions): Promise<void>;
  /** Adds to the end of a file, which comes into being with it. */
  append(path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Gives a file another path; its content stays when this resolves. */
  move(from: string, to: string): Promise<void>;
  /** Removes a file or a whole folder. False where there was none. */
  delete(path: string, options?: WriteOptions): Promise<boolean>;

  /** Reads many small files at once; of a larger one only somewhat more than `smallFile` bytes. */
  readAll(paths: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  statAll(paths: readonly string[]): Promise<readonly (StoredFile | undefined)[]>;
  /** Yields everything below a folder, in batches and in no order; nothing where the folder does not exist. */
  walk(folder: string, options?: WalkOptions): AsyncIterable<readonly Walked[]>;
  /** Moves many files and resolves to the moves whose file existed. A loss of power may undo moves. */
  moveAll(moves: readonly Move[]): Promise<readonly Move[]>;
  /** Removes many files, of which some may be gone. */
  deleteAll(paths: readonly string[]): Promise<void>;
  /** Removes a folder and those below it as far as they hold no file; a file that comes meanwhile stays. */
  prune(folder: string): Promise<void>;
}

/** The largest file that is read as a small one: the largest manifest. */
export const smallFile: number = 4 * 1024 * 1024;

/** How a walk goes through a folder. */
export interface WalkOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Which files the folders in a given folder are known to contain: such folders are not opened, and only those files
   * are yielded.
   */
  readonly known?: (folder: string) => KnownFolders | undefined;
  /** True, the default, for sizes and times; without them, a known file may be yielded that does not exist. */
  readonly facts?: boolean;
}

/** Sibling folders whose files are known without opening them. */
export interface KnownFolders {
  /** True where the folder of this name is one of them. */
  isKnown(name: string): boolean;
  /** The paths of all files that each folder may contain. */
  readonly files: readonly string[];
}

/** A file, or a folder where the place has such: its path then ends with a slash. */
export interface Walked {
  readonly path: string;
  /** Undefined for a folder, and where facts were not wanted and the listing does not tell them. */
  readonly facts?: StoredFile | undefined;
  /**
   * The object's ETag, in hexadecimal: one that equals a content's MD5 proves that content. Another proves nothing,
   * since multipart uploads and encryption change it.
   */
  readonly md5?: string | undefined;
}

/** One move of a file, from path to path. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** How much a driver does at once. */
export interface DriverOptions {
  /** Files or requests; each kind of place has its own default. */
  readonly concurrency?: number | undefined;
}

/** What a place says about a file without reading it. */
export interface StoredFile {
  /** In bytes. */
  readonly size: number;
  readonly modified: Date;
}

export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Files below one folder: where that is not there yet and the place has folders, it comes into being with all of them.
 */
export interface NewFolder {
  readonly folder: string;
  readonly files: readonly NewFile[];
}

export interface WriteOptions {
  /** Resolve only when a loss of power cannot take it back; true by default. */
  readonly durable?: boolean;
}
