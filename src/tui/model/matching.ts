import { type NameText, nameText } from "./name-text.ts";

/** What a filter leaves of some names. */
export interface Matches {
  /** Which of the names by name, in their order. */
  readonly ranks: Int32Array;
  /** True where no name has the letters side by side, and these have them with gaps between. */
  readonly isLoose: boolean;
}

/**
 * Finds the names that a filter means: each of its words must be there, in capitals or not, and none that begins with
 * `!`. Where no name has the words as they are, those count that have their letters in that order: a match with gaps
 * never hides among exact ones, since what is filtered is marked and removed as a whole. Where a wider
 * filter found nothing but those, only they are looked at.
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

/** True where everything that `next` matches is matched by `before` too, so that only those need to be looked at. */
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

/** Which names have a word as it is. */
function withWord(all: NameText, word: string): Int32Array {
  const isInAll = word.length === 1 && all.counts[word.charCodeAt(0)] === all.ranks.length;
  return isInAll ? all.ranks : search(all, (from) => all.text.indexOf(word, from));
}

/**
 * Which names have the letters of a word one behind the other. The pattern leaves one way to read each name and none
 * back, and its engine needs not run for a while before it is fast, as code of ours would.
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

/** The names in which something stands, by where it stands from a place on. */
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

/** Of some those that are among others, or those that are not; all are in their order. */
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
