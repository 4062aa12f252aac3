import type { Digest } from "../registry/names.ts";

/** Digests as small whole numbers, so that millions of them fit into memory: 32 bytes and a slot each. */
export interface DigestTable {
  readonly size: number;
  /** The number of a digest, which it gets where it has none. */
  add(digest: string): number;
  find(digest: string): number | undefined;
  /** The digest of a number that this table gave. */
  digestAt(id: number): Digest;
}

const words = 8;
const sha256 = /^sha256:[0-9a-f]{64}$/;

export function digestTable(): DigestTable {
  let size = 0;
  let hashes = new Uint32Array(words * 64);
  let slots = new Int32Array(256).fill(-1);
  // the few that are no sha256, among them whatever a broken manifest calls a digest
  const others = new Map<string, number>();
  const texts = new Map<number, string>();
  const wanted = new Uint32Array(words);

  function read(digest: string): void {
    for (let word = 0; word < words; word++) {
      const start = 7 + word * 8;
      wanted[word] = Number.parseInt(digest.slice(start, start + 8), 16);
    }
  }
  /** The slot of the wanted hash: its own, or the free one where it would be. A digest's bits need no mixing. */
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
      const larger = new Uint32Array(Math.ceil(hashes.length * 1.5));
      larger.set(hashes);
      hashes = larger;
    }
    if (size * 3 < slots.length * 2) return;
    slots = new Int32Array(slots.length * 2).fill(-1);
    for (let id = 0; id < size; id++) {
      if (texts.has(id)) continue;
      for (let word = 0; word < words; word++) wanted[word] = hashes[id * words + word] ?? 0;
      slots[slotOf()] = id;
    }
  }
  function find(digest: string): number | undefined {
    if (!sha256.test(digest)) return others.get(digest);
    read(digest);
    const id = slots[slotOf()] ?? -1;
    return id === -1 ? undefined : id;
  }

  return {
    get size() {
      return size;
    },
    find,
    add(digest) {
      const known = find(digest);
      if (known !== undefined) return known;
      makeRoom();
      const id = size++;
      if (!sha256.test(digest)) {
        others.set(digest, id);
        texts.set(id, digest);
        return id;
      }
      read(digest);
      hashes.set(wanted, id * words);
      slots[slotOf()] = id;
      return id;
    },
    digestAt(id) {
      const text = texts.get(id) ?? `sha256:${hexAt(hashes, id)}`;
      return text as Digest; // what is no digest was only ever named by a broken manifest, and lies nowhere
    },
  };
}

function hexAt(hashes: Uint32Array, id: number): string {
  let hex = "";
  for (const word of hashes.subarray(id * words, (id + 1) * words)) hex += word.toString(16).padStart(8, "0");
  return hex;
}
