import process from "node:process";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { Interrupted } from "./interruption.ts";
import { standardError } from "./streams.ts";

/** True where a person can be asked: standard input and standard error are terminals. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Asks on the terminal; with `masked`, the answer is not shown. Resolves to "" where the input ends; throws
 * `Interrupted` on ctrl-c.
 */
export function ask(question: string, { masked = false }: { readonly masked?: boolean } = {}): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: masked ? nowhere : process.stderr, terminal: true });
  terminal.setPrompt(masked ? "" : question); // readline redraws the line with it
  standardError().write(question); // only now, since before readline has taken over, the terminal echoes what is typed
  const answer = new Promise<string>((resolve, reject) => {
    terminal.once("line", resolve);
    terminal.once("close", () => resolve(""));
    terminal.once("SIGINT", () => reject(new Interrupted(130)));
  });
  return answer.finally(() => {
    terminal.close();
    if (masked) standardError().write("\n");
  });
}
