import { Buffer } from "node:buffer";
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

const width = 32;
const prefix = "sha256:";
const sha256 = /^sha256:[0-9a-f]{64}$/;

export function digestTable(): DigestTable {
  let size = 0;
  let hashes = Buffer.alloc(width * 64);
  let slots = new Int32Array(256).fill(-1);
  // the few that are no sha256, among them whatever a broken manifest calls a digest
  const others = new Map<string, number>();
  const texts = new Map<number, string>();
  const wanted = Buffer.alloc(width);

  /** The slot of the wanted hash: its own, or the free one where it would be. A digest's bits need no mixing. */
  function slotOf(): number {
    for (let slot = wanted.readUInt32LE(0) & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      const id = slots[slot] ?? -1;
      if (id === -1 || isWanted(id)) return slot;
    }
  }
  function isWanted(id: number): boolean {
    const start = id * width;
    return hashes.readUInt32LE(start) === wanted.readUInt32LE(0) && wanted.compare(hashes, start, start + width) === 0;
  }
  function makeRoom(): void {
    if ((size + 1) * width > hashes.length) {
      const larger = Buffer.alloc(Math.ceil((hashes.length * 1.5) / width) * width);
      hashes.copy(larger);
      hashes = larger;
    }
    if (size * 3 < slots.length * 2) return;
    slots = new Int32Array(slots.length * 2).fill(-1);
    for (let id = 0; id < size; id++) {
      if (texts.has(id)) continue;
      hashes.copy(wanted, 0, id * width, (id + 1) * width);
      slots[slotOf()] = id;
    }
  }
  /** The number of a sha256 digest, or where it would go. */
  function place(digest: string): { readonly id: number; readonly slot: number } {
    wanted.write(digest.slice(prefix.length), "hex");
    const slot = slotOf();
    return { id: slots[slot] ?? -1, slot };
  }

  return {
    get size() {
      return size;
    },
    find(digest) {
      if (!sha256.test(digest)) return others.get(digest);
      const { id } = place(digest);
      return id === -1 ? undefined : id;
    },
    add(digest) {
      if (!sha256.test(digest)) {
        const known = others.get(digest);
        if (known !== undefined) return known;
        makeRoom();
        others.set(digest, size);
        texts.set(size, digest);
        return size++;
      }
      makeRoom();
      const { id, slot } = place(digest);
      if (id !== -1) return id;
      wanted.copy(hashes, size * width);
      slots[slot] = size;
      return size++;
    },
    digestAt(id) {
      const text = texts.get(id) ?? prefix + hashes.toString("hex", id * width, (id + 1) * width);
      return text as Digest; // what is no digest was only ever named by a broken manifest, and lies nowhere
    },
  };
}
