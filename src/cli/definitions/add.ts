import process from "node:process";
import type { Command } from "commander";
import type { Said } from "../settings.ts";

/** Adds a command to the program, by its name. */
export type Definitions = Readonly<Record<string, (program: Command) => Command>>;

/** A command's action: its words and flags in, the exit code out. */
type Action = (words: readonly string[], flags: Said) => Promise<number>;

/** Loads an action; each stands behind an import of its own, so that help and completion load none of them. */
type Load = () => Promise<{ readonly action: Action }>;

/** Adds a command, or one below another. */
export function add(parent: Command, usage: string, description: string, load: Load): Command {
  const command = parent.command(usage).description(description);
  return command.action(async () => {
    const { action } = await load();
    process.exitCode = await action(command.args, { ...parent.parent?.opts(), ...parent.opts(), ...command.opts() });
  });
}

/** Flags of the commands that change something. */
export function confirmed(command: Command): Command {
  return command
    .option("-y, --yes", "do not ask")
    .option("--wait <duration>", "wait for another tagwise on the same repository (default: 30s)");
}
