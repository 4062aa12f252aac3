/** What a filter leaves of some names. */
export interface Matches {
  /** Places in the array of names. */
  readonly rows: Int32Array;
  /** True where no name has the letters side by side, and these have them with gaps between. */
  readonly isLoose: boolean;
}

/**
 * Finds the names that a filter means: each of its words must be there, in capitals or not, and none that begins with
 * `!`. Where no name has the words as they are, those count that have their letters in that order: a match with gaps
 * never hides among exact ones, since what is filtered is marked and removed as a whole.
 */
export function matching(names: readonly string[], filter: string, among?: Int32Array): Matches {
  const words = wordsOf(filter);
  const lowered = loweredOf(names);
  const [only, ...others] = words;
  const isSingle = only !== undefined && others.length === 0 && !only.isInverted;
  const exact = isSingle
    ? select(lowered, among, (name) => name.includes(only.text))
    : select(lowered, among, (name) => words.every((word) => has(name, word)));
  if (exact.length > 0 || words.every(({ isInverted }) => isInverted)) return { rows: exact, isLoose: false };
  const loose = select(lowered, among, (name) => words.every((word) => hasLoosely(name, word)));
  return { rows: loose, isLoose: loose.length > 0 };
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

const lower = new WeakMap<readonly string[], string[]>();

/** The names without capitals; made once, since a filter is typed letter by letter. */
function loweredOf(names: readonly string[]): readonly string[] {
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
    if (row >= 0 && isMeant(names[row] as string)) found[count++] = row;
  }
  return found.slice(0, count);
}

function has(name: string, { text, isInverted }: Word): boolean {
  return name.includes(text) !== isInverted;
}

function hasLoosely(name: string, { text, isInverted }: Word): boolean {
  if (isInverted) return !name.includes(text);
  let at = 0;
  for (const letter of text) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
