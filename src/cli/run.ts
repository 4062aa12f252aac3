import process from "node:process";
import { type Command, CommanderError } from "commander";
import { buildProgram } from "./definitions/program.ts";
import { UsageError } from "./errors.ts";
import { untilAnswered } from "./until-answered.ts";

/** Runs one command line, prints its error if any, and sets the exit code. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    await untilAnswered(() => parse(args.length === 0 ? ["ui"] : args), args);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      process.exitCode = 0; // help was asked for, and given
      return;
    }
    const { fail } = await import("./fail.ts");
    process.exitCode = await fail(error instanceof CommanderError ? usageError(error) : error, args);
    if (process.exitCode > 128) process.exit(); // does not wait for requests that are still under way
  }
}

/** Parses the words; flags without a command belong to the terminal UI. */
async function parse(words: readonly string[]): Promise<void> {
  const program = buildProgram(words);
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.code !== "commander.help") throw error;
    if (program.args.length > 0) return endHelp(program);
    await buildProgram(["ui", ...words]).parseAsync(["ui", ...words], { from: "user" });
  }
}

/** Ends `tagwise help [COMMAND]`. Throws a usage error for an unknown command, of which commander says nothing. */
function endHelp({ args: [, topic], commands }: Command): void {
  if (topic !== undefined && !commands.some((command) => command.name() === topic))
    throw new UsageError(`unknown command '${topic}'`, { next: "tagwise help lists the commands" });
  process.exitCode = 0;
}

/** Turns commander's error into ours, so that `fail` prints it in the chosen format. */
function usageError({ message }: CommanderError): Error {
  const [first = "", ...suggestion] = message.replace(/^error: /, "").split("\n");
  const next = [...suggestion.filter((line) => line !== ""), "tagwise --help, or tagwise COMMAND --help, tells more"];
  return new UsageError(first, { next: next.join(" ") });
}
