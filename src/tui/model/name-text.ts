import { nameOrder } from "./name-order.ts";

/** All names, by name, as what a search is fast in: one text, and an index of their letters. */
export interface NameText {
  /** Without capitals; behind each name an end of line, which neither a name nor a filter has, so that no match spans two names. */
  readonly text: string;
  /** Where each name begins in it; one more, where the last one ends. */
  readonly starts: Uint32Array;
  /** 0, 1, 2 and so on: all of them. */
  readonly ranks: Int32Array;
  /** Which of the names have a letter, for each letter of ASCII: what is typed first is found without a search. */
  readonly having: readonly (readonly number[])[];
  /** The place of each name in the array they came in; undefined where they came by name. */
  readonly places: Int32Array | undefined;
}

interface Growing extends NameText {
  readonly having: readonly number[][];
}

const known = new WeakMap<readonly string[], Growing>();

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

function nothing(): Growing {
  const having = Array.from({ length: 128 }, () => []);
  return { text: "", starts: new Uint32Array(1), ranks: new Int32Array(), having, places: undefined };
}

function inOrder(names: readonly string[], places: Int32Array | undefined, from: number): readonly string[] {
  if (places === undefined) return names.slice(from);
  return Array.from(places, (place) => names[place] as string);
}

function withNames({ text, starts: before, ranks, having }: Growing, added: readonly string[]): Growing {
  const from = ranks.length;
  const lowered = added.map((name) => name.toLowerCase());
  const starts = withRoom(before, from + added.length + 1);
  for (const [index, name] of lowered.entries()) {
    const rank = from + index;
    starts[rank + 1] = (starts[rank] as number) + name.length + 1;
    addLetters(having, name, rank);
  }
  return {
    text: text + [...lowered, ""].join("\n"),
    starts,
    ranks: upTo(from + added.length),
    having,
    places: undefined,
  };
}

function addLetters(having: readonly number[][], name: string, rank: number): void {
  for (let at = 0; at < name.length; at++) {
    const ranks = having[name.charCodeAt(at)];
    if (ranks !== undefined && ranks[ranks.length - 1] !== rank) ranks.push(rank);
  }
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
