import process from "node:process";
import { CommanderError } from "commander";
import { buildProgram } from "./definitions/program.ts";
import { UsageError } from "./errors.ts";
import { untilAnswered } from "./until-answered.ts";

/** Runs one command line. Sets the exit code; the process ends by itself. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    await untilAnswered(() => parse(args.length === 0 ? ["ui"] : args), args);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      process.exitCode = 0; // help was asked for, and given
      return;
    }
    const { fail } = await import("./fail.ts");
    process.exitCode = fail(error instanceof CommanderError ? usageError(error) : error, args);
    if (process.exitCode > 128) process.exit(); // requests may still be under way, and nobody waits for them
  }
}

/** Flags alone are those of the terminal UI, as no word at all is. */
async function parse(words: readonly string[]): Promise<void> {
  try {
    await buildProgram(words).parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.code !== "commander.help") throw error;
    await buildProgram(["ui", ...words]).parseAsync(["ui", ...words], { from: "user" });
  }
}

/** Commander's words, which `fail` says in the form that was asked for. */
function usageError({ message }: CommanderError): Error {
  const [first = "", ...suggestion] = message.replace(/^error: /, "").split("\n");
  const next = [...suggestion.filter((line) => line !== ""), "tagwise --help, or tagwise COMMAND --help, tells more"];
  return new UsageError(first, { next: next.join(" ") });
}
