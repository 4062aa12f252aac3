import process from "node:process";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { Interrupted } from "./interruption.ts";

/** True where there is somebody to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks on the terminal; with `masked` nothing of the answer is shown. Empty where the input ends; throws where it is interrupted. */
export function ask(question: string, { masked = false }: { readonly masked?: boolean } = {}): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: masked ? nowhere : process.stderr, terminal: true });
  terminal.setPrompt(masked ? "" : question); // what the line is drawn anew with
  process.stderr.write(question); // only now: until readline has the terminal, the terminal itself shows what is typed
  const answer = new Promise<string>((resolve, reject) => {
    terminal.once("line", resolve);
    terminal.once("close", () => resolve(""));
    terminal.once("SIGINT", () => reject(new Interrupted(130)));
  });
  return answer.finally(() => {
    terminal.close();
    if (masked) process.stderr.write("\n");
  });
}
