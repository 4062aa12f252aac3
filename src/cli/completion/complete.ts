import process from "node:process";
import { buildProgram } from "../definitions/program.ts";
import { type Candidate, completionOf } from "./candidates.ts";
import { splitLine } from "./split.ts";

/** The time limit in milliseconds, so that the shell is not held up. */
const longest = 2_500;

/** Answers a shell's request with one candidate a line, or `:files`. Prints nothing on any error or after 2.5 s. */
export async function complete([shell = "", ...rest]: readonly string[]): Promise<void> {
  setTimeout(() => process.exit(0), longest).unref();
  try {
    const { words, show } = asked(shell, rest);
    const completion = completionOf(buildProgram(words), words);
    if (completion.kind === "files") return leave(":files\n");
    const candidates =
      completion.kind === "words"
        ? completion.candidates
        : await import("./asking.ts").then(({ candidatesFrom }) => candidatesFrom(completion));
    leave(candidates.flatMap(show).join(""));
  } catch {
    leave("");
  }
}

/** Exits at once, since kept-open connections would delay the end of the process. */
function leave(text: string): void {
  process.stdout.write(text, () => process.exit(0));
}

interface Question {
  /** The words after the program's name; the last one is under the cursor. */
  readonly words: readonly string[];
  readonly show: (candidate: Candidate) => readonly string[];
}

function asked(shell: string, rest: readonly string[]): Question {
  if (shell === "bash") return askedByBash(rest);
  const words = shell === "powershell" ? rest.map((word) => word.slice(1)) : rest;
  const isTold = shell === "fish";
  return { words, show: ({ word, about }) => [isTold && about !== undefined ? `${word}\t${about}\n` : `${word}\n`] };
}

/**
 * bash passes the whole line and replaces only what follows the last `:` or `=`. Candidates it would expand are left
 * out.
 */
function askedByBash([point = "", line = "", wordBreaks = ""]: readonly string[]): Question {
  const [, ...words] = splitLine(line.slice(0, Number(point)).replace(/^(?:\w+=\S*\s+)+/, ""));
  const typed = words.at(-1) ?? "";
  const breaks = [":", "="].filter((mark) => wordBreaks.includes(mark)).map((mark) => typed.lastIndexOf(mark) + 1);
  const kept = Math.max(0, ...breaks);
  return {
    words,
    show: ({ word }) => {
      const rest = word.slice(kept);
      return /[*?[\]\\\s'"$`]/.test(rest) ? [] : [`${rest}\n`];
    },
  };
}
