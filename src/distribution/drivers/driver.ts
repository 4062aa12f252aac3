import type { ByteRange } from "../../registry/registry.ts";

/** A place that keeps files under paths with slashes, relative to its root. What is not there is undefined, or an empty list. */
export interface StorageDriver {
  /** Names of what lies directly in a folder, in no order. */
  list(folder: string): Promise<readonly string[]>;
  stat(path: string): Promise<StoredFile | undefined>;
  read(path: string): Promise<Uint8Array | undefined>;
  /** Reads a file in parts; it must be there. */
  stream(path: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** Writes a small file whole: a reader sees the old one or the new one, and the new one stays when this resolves. */
  write(path: string, bytes: Uint8Array, options?: WriteOptions): Promise<void>;
  /** Adds to the end of a file, which comes into being with it. */
  append(path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Gives a file another path; its content stays when this resolves. */
  move(from: string, to: string): Promise<void>;
  /** Removes a file or a whole folder. False where there was none. */
  delete(path: string, options?: WriteOptions): Promise<boolean>;
}

export interface StoredFile {
  /** In bytes. */
  readonly size: number;
  readonly modified: Date;
}

export interface WriteOptions {
  /** Resolve only when a loss of power cannot take it back; true by default. */
  readonly durable?: boolean;
}
