import process from "node:process";
import type { Command, Option } from "commander";
import { UsageError } from "../errors.ts";
import type { Said } from "../settings.ts";

/** For each command's name the function that adds it to the program. */
export type Definitions = Readonly<Record<string, (program: Command) => Command>>;

/** A command's action: it gets words and flags, and resolves to the exit code. */
type Action = (words: readonly string[], flags: Said) => Promise<number>;

/** Loads an action by its own dynamic import, so that help and completion load none. */
type Load = () => Promise<{ readonly action: Action }>;

/** Adds a command to the program, or below another command. */
export function add(parent: Command, usage: string, description: string, load: Load): Command {
  const command = parent.command(usage).description(description);
  return command.action(async () => {
    const flags = flagsOf(command);
    const { action } = await load();
    process.exitCode = await action(command.args, flags);
  });
}

/**
 * The flags of a command, also those before its name. Throws a usage error for one it does not know, which may be
 * `--dry-run`.
 */
function flagsOf(command: Command): Said {
  const chain: readonly Command[] = [...ancestorsOf(command), command];
  const known = new Set(command.options.map((option) => option.attributeName()));
  for (const one of chain) {
    const stray = saidTo(one).find((option) => !known.has(option.attributeName()));
    if (stray !== undefined)
      throw new UsageError(`${stray.long} belongs to "${nameOf(one)}", not to "${nameOf(command)}"`);
  }
  const said = chain.flatMap((one) =>
    saidTo(one).map((option) => [option.attributeName(), one.getOptionValue(option.attributeName())] as const),
  );
  return { ...command.opts(), ...Object.fromEntries(said) };
}

function ancestorsOf({ parent }: Command): readonly Command[] {
  return parent === null ? [] : [...ancestorsOf(parent), parent];
}

function saidTo(command: Command): readonly Option[] {
  return command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === "cli");
}

function nameOf(command: Command): string {
  return [...ancestorsOf(command), command].map((one) => one.name()).join(" ");
}
