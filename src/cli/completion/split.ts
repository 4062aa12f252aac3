/**
 * Splits a line into words as a shell would, without evaluating anything: `$(…)`, `~` and globs are kept as they are.
 * The last word is the one under the cursor; it is empty after a blank.
 */
export function splitLine(line: string): readonly string[] {
  const words: string[] = [];
  let word = "";
  for (const [, blank, single, double, escaped, plain] of line.matchAll(token)) {
    if (blank !== undefined) {
      words.push(word);
      word = "";
    }
    word += single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain ?? "";
  }
  return [...words, word].filter((word, place) => word !== "" || place === words.length);
}

/** Blanks, '…', "…" (possibly not closed yet), \x, and everything else. */
const token = /(\s+)|'([^']*)'?|"((?:[^"\\]|\\.)*)"?|\\(.)?|([^\s'"\\]+)/gs;
