/** What a filter leaves of some names. */
export interface Matches {
  /** Places in the array of names. */
  readonly rows: Int32Array;
  /** True where no name has the letters side by side, and these have them with gaps between. */
  readonly isLoose: boolean;
}

export interface Among {
  /** The places of all names, in the order in which they are to be found; as they came by default. */
  readonly all?: Int32Array | undefined;
  /** What a wider filter left: nothing else needs to be looked at. */
  readonly wider?: Matches | undefined;
}

/**
 * Finds the names that a filter means: each of its words must be there, in capitals or not, and none that begins with
 * `!`. Where no name has the words as they are, those count that have their letters in that order: a match with gaps
 * never hides among exact ones, since what is filtered is marked and removed as a whole.
 */
export function matching(names: readonly string[], filter: string, { all, wider }: Among = {}): Matches {
  const words = wordsOf(filter);
  const lowered = loweredOf(names);
  if (wider?.isLoose !== true) {
    const exact = select(lowered, wider?.rows ?? all, every(words, has));
    if (exact.length > 0 || words.every(({ isInverted }) => isInverted)) return { rows: exact, isLoose: false };
  }
  const loose = select(lowered, wider?.isLoose ? wider.rows : all, every(words, hasLoosely));
  return { rows: loose, isLoose: loose.length > 0 };
}

type Test = (name: string, word: Word) => boolean;

/** The same test for each of the words; one word, as nearly always, without a loop: it is asked a hundred thousand times. */
function every(words: readonly Word[], test: Test): (name: string) => boolean {
  const [first, ...others] = words;
  if (first === undefined) return () => true;
  return others.length === 0 ? (name) => test(name, first) : (name) => words.every((word) => test(name, word));
}

/** True where everything that `next` matches is matched by `before` too, so that only those need to be looked at. */
export function isNarrower(before: string, next: string): boolean {
  const last = wordsOf(before).at(-1);
  return before.trim() !== "" && next.startsWith(before) && last?.isInverted !== true && !/!$/.test(before);
}

interface Word {
  readonly text: string;
  readonly letters: readonly string[];
  readonly isInverted: boolean;
}

function wordsOf(filter: string): readonly Word[] {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .map((word) => ({ text: word.replace(/^!/, ""), isInverted: word.startsWith("!") }))
    .filter(({ text }) => text !== "")
    .map((word) => ({ ...word, letters: [...word.text] }));
}

const lower = new WeakMap<readonly string[], string[]>();

/** The names without capitals; made once, since a filter is typed letter by letter. */
export function loweredOf(names: readonly string[]): readonly string[] {
  const known = lower.get(names) ?? [];
  for (let at = known.length; at < names.length; at++) known.push((names[at] as string).toLowerCase());
  lower.set(names, known);
  return known;
}

function select(
  names: readonly string[],
  among: Int32Array | undefined,
  isMeant: (name: string) => boolean,
): Int32Array {
  const length = among?.length ?? names.length;
  const found = new Int32Array(length);
  let count = 0;
  for (let at = 0; at < length; at++) {
    const row = among?.[at] ?? at;
    if (isMeant(names[row] as string)) found[count++] = row;
  }
  return found.slice(0, count);
}

function has(name: string, { text, isInverted }: Word): boolean {
  return name.includes(text) !== isInverted;
}

function hasLoosely(name: string, { text, letters, isInverted }: Word): boolean {
  if (isInverted) return !name.includes(text);
  let at = 0;
  for (let next = 0; next < letters.length; next++) {
    at = name.indexOf(letters[next] as string, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
