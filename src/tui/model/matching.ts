import { type NameText, nameText } from "./name-text.ts";

/** The names that match a filter. */
export interface Matches {
  /** The ranks of the matches in the order by name, ascending. */
  readonly ranks: Int32Array;
  /** True where no name contains the words as they are, and these contain their letters with gaps. */
  readonly isLoose: boolean;
}

/**
 * Finds the names that match a filter: they contain each of its words, ignoring case, and none of those after a `!`.
 * Where no name does, names match that contain the words' letters in order. Such loose matches are never mixed with
 * exact ones, since all that a filter shows may be marked and removed at once. Where `wider`, the matches of a
 * beginning of the filter, are loose, only they are searched.
 */
export function matching(names: readonly string[], filter: string, wider?: Matches): Matches {
  const words = wordsOf(filter);
  const all = nameText(names);
  const without = (ranks: Int32Array, word: string) => chosen(ranks, withWord(all, word), { isAmong: false });
  if (wider?.isLoose !== true) {
    const exact = words.reduce((ranks, { text, isInverted }) => {
      if (isInverted) return without(ranks, text);
      return ranks === all.ranks ? withWord(all, text) : chosen(ranks, withWord(all, text), { isAmong: true });
    }, all.ranks);
    if (exact.length > 0 || words.every(({ isInverted }) => isInverted)) return { ranks: exact, isLoose: false };
  }
  const loose = words.reduce(
    (ranks, { text, isInverted }) => (isInverted ? without(ranks, text) : withLetters(all, ranks, text)),
    wider?.isLoose ? wider.ranks : all.ranks,
  );
  return { ranks: loose, isLoose: loose.length > 0 };
}

/** True where `before` matches everything that `next` matches, so that only its matches need to be searched. */
export function isNarrower(before: string, next: string): boolean {
  const last = wordsOf(before).at(-1);
  return before.trim() !== "" && next.startsWith(before) && last?.isInverted !== true && !/!$/.test(before);
}

interface Word {
  readonly text: string;
  readonly isInverted: boolean;
}

function wordsOf(filter: string): readonly Word[] {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .map((word) => ({ text: word.replace(/^!/, ""), isInverted: word.startsWith("!") }))
    .filter(({ text }) => text !== "");
}

/** The names that contain a word as it is. */
function withWord(all: NameText, word: string): Int32Array {
  const isInAll = word.length === 1 && all.counts[word.charCodeAt(0)] === all.ranks.length;
  return isInAll ? all.ranks : search(all, (from) => all.text.indexOf(word, from));
}

/**
 * The names that contain the letters of a word in order. The pattern never backtracks, and a regular expression is fast
 * from its first run, while our own code would first have to be compiled by V8.
 */
function withLetters(all: NameText, among: Int32Array, word: string): Int32Array {
  const { text, starts } = all;
  const [first, ...others] = Array.from(word, (letter) => `\\u{${(letter.codePointAt(0) as number).toString(16)}}`);
  const pattern = `${first}${others.map((letter) => `[^${letter}\\n]*${letter}`).join("")}`;
  const anywhere = new RegExp(pattern, "gu");
  const here = new RegExp(`[^${first}\\n]*${pattern}`, "yu");
  const isAt = (expression: RegExp, place: number) => {
    expression.lastIndex = place;
    return expression.test(text);
  };
  if (among !== all.ranks) return among.filter((rank) => isAt(here, starts[rank] as number));
  return search(all, (from) => (isAt(anywhere, from) ? anywhere.lastIndex - 1 : -1));
}

/** The names in which `placeFrom` finds something: it returns the next place at or after `from`, or -1. */
function search({ starts, ranks }: NameText, placeFrom: (from: number) => number): Int32Array {
  const found = new Int32Array(ranks.length);
  let count = 0;
  let rank = 0;
  for (let place = placeFrom(0); place >= 0; place = placeFrom(starts[rank + 1] as number)) {
    while ((starts[rank + 1] as number) <= place) rank++;
    found[count++] = rank;
  }
  return count === ranks.length ? ranks : found.slice(0, count);
}

/** The ranks of `some` that are among `others`, or those that are not; both are ascending. */
function chosen(some: Int32Array, others: Int32Array, { isAmong }: { readonly isAmong: boolean }): Int32Array {
  const found = new Int32Array(some.length);
  let count = 0;
  let next = 0;
  for (const rank of some) {
    while (next < others.length && (others[next] as number) < rank) next++;
    if ((others[next] === rank) === isAmong) found[count++] = rank;
  }
  return found.slice(0, count);
}
