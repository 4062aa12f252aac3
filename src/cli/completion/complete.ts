import process from "node:process";
import { buildProgram } from "../definitions/program.ts";
import { type Candidate, completionOf } from "./candidates.ts";
import { splitLine } from "./split.ts";

/** Nothing may hold up a shell for longer than this, in milliseconds. */
const longest = 2_500;

/** Answers a shell: a candidate a line, or `:files`. Silent where anything goes wrong, and never late. */
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

/** Connections that are kept open must not keep the shell waiting. */
function leave(text: string): void {
  process.stdout.write(text, () => process.exit(0));
}

interface Question {
  /** Behind the program's name; the last is under the cursor. */
  readonly words: readonly string[];
  readonly show: (candidate: Candidate) => readonly string[];
}

function asked(shell: string, rest: readonly string[]): Question {
  if (shell === "bash") return askedByBash(rest);
  const words = shell === "powershell" ? rest.map((word) => word.slice(1)) : rest;
  const isTold = shell === "fish";
  return { words, show: ({ word, about }) => [isTold && about !== undefined ? `${word}\t${about}\n` : `${word}\n`] };
}

/** bash gives the line and replaces only what stands behind the last `:` or `=`; it would expand what has glob characters. */
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
