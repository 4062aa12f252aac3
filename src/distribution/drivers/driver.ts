import type { ByteRange } from "../../registry/registry.ts";

/** A place that keeps files under paths with slashes, relative to its root. What is not there is undefined, or an empty list. */
export interface StorageDriver {
  /** True where a folder is something of its own, which one step can move. */
  readonly hasFolders: boolean;
  /** Milliseconds by which the clock that dates the files is ahead of this machine's, as far as its answers told. */
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
  /** Tells of everything below a folder, in batches and in no order; nothing where there is no such folder. */
  walk(folder: string, options?: WalkOptions): AsyncIterable<readonly Walked[]>;
  /** Moves many files, of which some may be gone; tells which were there. A loss of power may take moves back. */
  moveAll(moves: readonly Move[]): Promise<readonly Move[]>;
  /** Removes many files, of which some may be gone. */
  deleteAll(paths: readonly string[]): Promise<void>;
  /** Removes a folder and those below it as far as they hold no file; a file that comes meanwhile stays. */
  prune(folder: string): Promise<void>;
}

/** The largest file that is read as a small one: the largest manifest. */
export const smallFile: number = 4 * 1024 * 1024;

export interface WalkOptions {
  readonly signal?: AbortSignal | undefined;
  /** What folders in a folder are known to hold: they are then not opened, and nothing else in them is told of. */
  readonly known?: (folder: string) => KnownFolders | undefined;
  /** Whether sizes and times are wanted; without them a known file may be told of that is not there. True by default. */
  readonly facts?: boolean;
}

/** Folders side by side of which it is known what they hold. */
export interface KnownFolders {
  /** Whether a folder of this name is one of them. */
  isKnown(name: string): boolean;
  /** The files that each holds at most. */
  readonly files: readonly string[];
}

/** A file, or a folder where the place has such: its path then ends with a slash. */
export interface Walked {
  readonly path: string;
  /** Undefined for a folder, and where it was not asked for and is not known without asking. */
  readonly facts?: StoredFile | undefined;
  /** What a bucket gives for the MD5 of the content, in hexadecimal: equal sums mean equal content; others prove nothing, for parts and keys change them. */
  readonly md5?: string | undefined;
}

export interface Move {
  readonly from: string;
  readonly to: string;
}

/** How much a driver does at once. */
export interface DriverOptions {
  /** Files or requests; each kind of place has its own default. */
  readonly concurrency?: number | undefined;
}

export interface StoredFile {
  /** In bytes. */
  readonly size: number;
  readonly modified: Date;
}

export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Files below one folder: where that is not there yet and the place has folders, it comes into being with all of them. */
export interface NewFolder {
  readonly folder: string;
  readonly files: readonly NewFile[];
}

export interface WriteOptions {
  /** Resolve only when a loss of power cannot take it back; true by default. */
  readonly durable?: boolean;
}
