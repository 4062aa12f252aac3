import { Buffer } from "node:buffer";
import type { Digest } from "../registry/names.ts";

/** Numbers digests from 0 on, so that millions of them fit into memory: 32 bytes and a slot of 4 each. */
export interface DigestTable {
  readonly size: number;
  /** The number of a digest; a new digest gets the next one. */
  add(digest: string): number;
  /** The number of a digest; undefined where it has none. */
  find(digest: string): number | undefined;
  /** The digest of a number that this table gave. */
  digestAt(id: number): Digest;
}

/** Bytes of a sha256, and words of four. */
const [width, words] = [32, 8];
const prefix = "sha256:";
const length = prefix.length + width * 2;

/** Makes an empty table: a hash table with open addressing over the raw bytes of sha256 digests. */
export function digestTable(): DigestTable {
  let size = 0;
  let hashes = new Int32Array(words * 64);
  let slots = new Int32Array(256).fill(-1);
  // the few that are no sha256, also whatever text a broken manifest has for a digest
  const others = new Map<string, number>();
  const texts = new Map<number, string>();
  const wanted = new Int32Array(words);
  const wantedBytes = new Uint8Array(wanted.buffer);

  /** The slot of the wanted hash, or the free one where it belongs. A digest's bits need no further hashing. */
  function slotOf(): number {
    for (let slot = (wanted[0] ?? 0) & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      const id = slots[slot] ?? -1;
      if (id === -1 || isWanted(id)) return slot;
    }
  }
  function isWanted(id: number): boolean {
    for (let word = 0; word < words; word++) if (hashes[id * words + word] !== wanted[word]) return false;
    return true;
  }
  function makeRoom(): void {
    if ((size + 1) * words > hashes.length) {
      const larger = new Int32Array(Math.ceil(size * 1.5) * words);
      larger.set(hashes);
      hashes = larger;
    }
    if (size * 3 < slots.length * 2) return;
    slots = new Int32Array(slots.length * 2).fill(-1);
    for (let id = 0; id < size; id++) {
      if (texts.has(id)) continue;
      wanted.set(hashes.subarray(id * words, (id + 1) * words));
      slots[slotOf()] = id;
    }
  }
  return {
    get size() {
      return size;
    },
    find(digest) {
      if (!readHash(digest, wantedBytes)) return others.get(digest);
      const id = slots[slotOf()] ?? -1;
      return id === -1 ? undefined : id;
    },
    add(digest) {
      makeRoom(); // before the hash is read, since growing uses the same buffer
      if (!readHash(digest, wantedBytes)) {
        const known = others.get(digest);
        if (known !== undefined) return known;
        others.set(digest, size);
        texts.set(size, digest);
        return size++;
      }
      const slot = slotOf();
      const id = slots[slot] ?? -1;
      if (id !== -1) return id;
      hashes.set(wanted, size * words);
      slots[slot] = size;
      return size++;
    },
    digestAt(id) {
      const text = texts.get(id) ?? prefix + Buffer.from(hashes.buffer, id * width, width).toString("hex");
      return text as Digest; // a text that is no digest comes from a broken manifest, and no file has it
    },
  };
}

/** The value of each hexadecimal digit by its character; anything else has 16. */
const values = new Uint8Array(128).fill(16);
for (const [value, digit] of [..."0123456789abcdef"].entries()) values[digit.charCodeAt(0)] = value;

/**
 * Decodes a sha256 digest into bytes; false for anything else. Done by digit, since a pattern is slower for millions.
 */
function readHash(digest: string, into: Uint8Array): boolean {
  if (digest.length !== length || !digest.startsWith(prefix)) return false;
  let wrong = 0;
  for (let byte = 0, place = prefix.length; place < length; byte++, place += 2) {
    const high = values[digest.charCodeAt(place)] ?? 16;
    const low = values[digest.charCodeAt(place + 1)] ?? 16;
    into[byte] = (high << 4) | low;
    wrong |= high | low;
  }
  return wrong < 16;
}
