import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

/** A file of entries, each written by a single append, so that several processes may use it at the same time. */
export interface Pack {
  /** The size of the file in bytes, and whether another process has replaced it by a new file. */
  status(): { readonly size: number; readonly isReplaced: boolean };
  has(key: string): boolean;
  /** The bytes of a key; undefined where there is no entry or its checksum is wrong. */
  get(key: string): Uint8Array | undefined;
  append(key: string, bytes: Uint8Array): void;
  /** Every undamaged entry, the least recently used first. */
  entries(): readonly Entry[];
  close(): void;
}

/** A key and its bytes. */
export type Entry = readonly [key: string, bytes: Uint8Array];

interface Span {
  readonly start: number;
  readonly length: number;
}

interface Place extends Span {
  /** The offset of its last use: of the entry itself, or of a mark. */
  readonly used: number;
}

/** Begins every entry; 0xf7 is never part of UTF-8 text. */
const magic: Buffer = Buffer.from([0xf7, 0x74, 0x67, 0x77]);
/** Bytes of an entry's head: magic (4), CRC-32 of all after it (4), lengths of key (2) and bytes (4). */
const headSize = 14;
/** The content of a mark: an entry without bytes records a use of its key. */
const mark: Uint8Array = new Uint8Array();

/** How uses are recorded. */
export interface PackOptions {
  /** Uses are recorded in files of at least this many bytes; a smaller file will not be shrunk soon. */
  readonly noteUsesFrom: number;
}

/**
 * A pack of up to this many bytes is kept in memory, since a system call for each entry costs more than everything
 * else.
 */
const keptInMemory = 4 * 1024 * 1024;

/** Opens a pack, or creates it. It and its methods throw the system's errors. */
export function openPack(file: string, { noteUsesFrom }: PackOptions): Pack {
  const descriptor = openSync(file, "a+", 0o600);
  let loaded: Loaded | undefined;
  const load = () => (loaded ??= loadFrom(descriptor));

  function append(key: string, bytes: Uint8Array): void {
    const entry = encode(key, bytes);
    const now = load();
    writeSync(descriptor, entry);
    // another process may have appended at the same time; a wrong place is noticed by the checksum when it is read
    now.size = fstatSync(descriptor).size;
    note(now.places, key, { start: now.size - entry.length, length: entry.length });
  }

  function entryAt({ start, length }: Span): Buffer {
    const { content } = load();
    return start + length <= content.length
      ? content.subarray(start, start + length)
      : read(descriptor, { start, length });
  }

  return {
    status() {
      const { size, nlink } = fstatSync(descriptor);
      return { size, isReplaced: nlink === 0 };
    },
    has: (key) => load().places.has(key),
    get(key) {
      const { places, size } = load();
      const place = places.get(key);
      if (place === undefined) return undefined;
      const bytes = decode(entryAt(place), key);
      if (bytes === undefined) places.delete(key);
      else if (place.used < noteUsesFrom && size > noteUsesFrom) append(key, mark);
      return bytes;
    },
    append,
    entries: () =>
      [...load().places].flatMap(([key, place]) => {
        const bytes = decode(entryAt(place), key);
        return bytes === undefined ? [] : [[key, bytes] as const];
      }),
    close: () => closeSync(descriptor),
  };
}

interface Loaded {
  readonly places: Map<string, Place>;
  /** The content of the file when it was loaded, where it is small; else empty. */
  readonly content: Buffer;
  size: number;
}

function loadFrom(descriptor: number): Loaded {
  const { size } = fstatSync(descriptor);
  const content = read(descriptor, { start: 0, length: size });
  return { places: placesIn(content), content: size > keptInMemory ? Buffer.alloc(0) : content, size };
}

/** Finds the place of each key; damaged parts are skipped. */
function placesIn(content: Buffer): Map<string, Place> {
  const places = new Map<string, Place>();
  for (let at = content.indexOf(magic); at !== -1 && at + headSize <= content.length; at = content.indexOf(magic, at)) {
    const keyEnd = at + headSize + content.readUInt16BE(at + 8);
    const length = keyEnd + content.readUInt32BE(at + 10) - at;
    if (at + length > content.length) {
      at += magic.length; // cut off
      continue;
    }
    note(places, content.toString("utf8", at + headSize, keyEnd), { start: at, length });
    at += length;
  }
  return places;
}

/** Records an entry or a use, and keeps the map in the order of the last uses. */
function note(places: Map<string, Place>, key: string, { start, length }: Span): void {
  const isMark = length === headSize + Buffer.byteLength(key);
  const before = places.get(key);
  places.delete(key);
  if (!isMark) places.set(key, { start, length, used: start });
  else if (before !== undefined) places.set(key, { ...before, used: start });
}

function encode(key: string, bytes: Uint8Array): Buffer {
  const entry = Buffer.allocUnsafe(headSize + Buffer.byteLength(key) + bytes.length);
  magic.copy(entry);
  entry.writeUInt16BE(Buffer.byteLength(key), 8);
  entry.writeUInt32BE(bytes.length, 10);
  entry.write(key, headSize);
  entry.set(bytes, entry.length - bytes.length);
  entry.writeUInt32BE(crc32(entry.subarray(8)), 4);
  return entry;
}

function decode(entry: Buffer, key: string): Uint8Array | undefined {
  const keyEnd = headSize + Buffer.byteLength(key);
  if (entry.length < keyEnd || !entry.subarray(0, magic.length).equals(magic)) return undefined;
  if (entry.readUInt32BE(4) !== crc32(entry.subarray(8))) return undefined;
  return entry.toString("utf8", headSize, keyEnd) === key ? entry.subarray(keyEnd) : undefined;
}

function read(descriptor: number, { start, length }: Span): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, start));
}
