import { nameOrder } from "./name-order.ts";

/** All names, sorted, as one text, in which a search is fast. */
export interface NameText {
  /** In lower case, with a newline after each name, so that no match spans two names. */
  readonly text: string;
  /** The offset of each name in the text, and at last that of the end. */
  readonly starts: Uint32Array;
  /** The ranks of all names: 0, 1, 2 and so on. */
  readonly ranks: Int32Array;
  /**
   * For each ASCII character the number of names that contain it; one that all contain, such as the `v` of versions, is
   * not searched.
   */
  readonly counts: Uint32Array;
  /** For each rank the place of the name in the array of names; undefined where that array is sorted. */
  readonly places: Int32Array | undefined;
}

const known = new WeakMap<readonly string[], NameText>();

/** The text of an array of names that grows in place; it is kept, and sorted names are only appended to it. */
export function nameText(names: readonly string[]): NameText {
  const before = known.get(names);
  if (before?.ranks.length === names.length) return before;
  const places = nameOrder(names);
  const start = before === undefined || places !== undefined ? nothing() : before;
  const made = { ...withNames(start, inOrder(names, places, start.ranks.length)), places };
  known.set(names, made);
  return made;
}

function nothing(): NameText {
  const counts = new Uint32Array(128);
  return { text: "", starts: new Uint32Array(1), ranks: new Int32Array(), counts, places: undefined };
}

function inOrder(names: readonly string[], places: Int32Array | undefined, from: number): readonly string[] {
  if (places === undefined) return names.slice(from);
  return Array.from(places, (place) => names[place] as string);
}

function withNames({ text, starts: before, ranks, counts }: NameText, added: readonly string[]): NameText {
  const from = ranks.length;
  const lastIn = new Int32Array(counts.length).fill(-1);
  const lowered = added.map((name) => name.toLowerCase());
  const starts = withRoom(before, from + added.length + 1);
  for (const [index, name] of lowered.entries()) {
    const rank = from + index;
    starts[rank + 1] = (starts[rank] as number) + name.length + 1;
    countLetters(counts, lastIn, { name, rank });
  }
  return {
    text: text + [...lowered, ""].join("\n"),
    starts,
    ranks: upTo(from + added.length),
    counts,
    places: undefined,
  };
}

/** Counts each character once for a name. */
function countLetters(counts: Uint32Array, lastIn: Int32Array, { name, rank }: Ranked): void {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (lastIn[code] === rank || code >= counts.length) continue;
    lastIn[code] = rank;
    counts[code] = (counts[code] as number) + 1;
  }
}

interface Ranked {
  readonly name: string;
  readonly rank: number;
}

/** Doubles the array where it is too short, so that it is not copied for every page. */
function withRoom(before: Uint32Array, length: number): Uint32Array {
  if (length <= before.length) return before;
  const roomy = new Uint32Array(before.length === 1 ? length : 2 * length);
  roomy.set(before);
  return roomy;
}

function upTo(length: number): Int32Array {
  const ranks = new Int32Array(length);
  for (let rank = 0; rank < length; rank++) ranks[rank] = rank;
  return ranks;
}
