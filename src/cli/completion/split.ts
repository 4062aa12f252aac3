/**
 * Splits what was typed into words as a shell would, without evaluating anything: `$(…)`, `~` and globs stay as they
 * are. The last word is the one under the cursor, empty where a blank stands before it.
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

/** Blanks, '…', "…" (perhaps not closed yet), \x, and everything else. */
const token = /(\s+)|'([^']*)'?|"((?:[^"\\]|\\.)*)"?|\\(.)?|([^\s'"\\]+)/gs;
