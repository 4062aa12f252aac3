import { nameOrder } from "./name-order.ts";

/** All names, by name, as what a search is fast in: one text. */
export interface NameText {
  /** Without capitals; behind each name an end of line, which neither a name nor a filter has, so that no match spans two names. */
  readonly text: string;
  /** Where each name begins in it; one more, where the last one ends. */
  readonly starts: Uint32Array;
  /** 0, 1, 2 and so on: all of them. */
  readonly ranks: Int32Array;
  /** How many names have a letter, for each letter of ASCII: one that all have, as the `v` of versions, is not searched. */
  readonly counts: Uint32Array;
  /** The place of each name in the array they came in; undefined where they came by name. */
  readonly places: Int32Array | undefined;
}

const known = new WeakMap<readonly string[], NameText>();

/** The text of names that grow in place; those that come in order are only added to it. */
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

/** Each letter once a name. */
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

/** Twice as much where there is too little, so that page after page is not copied each time. */
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
