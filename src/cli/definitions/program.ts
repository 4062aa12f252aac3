import { Command } from "commander";
import { widthOut, writeAtOnce } from "../write-at-once.ts";
import type { Definitions } from "./add.ts";
import { collecting } from "./collecting.ts";
import { commonFlags } from "./flags.ts";
import { reading } from "./reading.ts";
import { removing } from "./removing.ts";
import { serving } from "./serving.ts";

const definitions: Definitions = { ...reading, ...removing, ...collecting, ...serving };

/**
 * Builds the command line for commander. With `words`, only what they need, since hundreds of flags take time: only
 * their first command if they begin with one, and the common flags only for the commands that they name.
 */
export function buildProgram(words?: readonly string[]): Command {
  const program = new Command("tagwise")
    .description("Removes container image tags one by one: the tag you name, and no other.")
    .option("-V, --version", "print the version")
    .exitOverride()
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureOutput({
      outputError() {},
      writeOut: writeAtOnce,
      writeErr() {},
      getOutHasColors: () => false,
      getOutHelpWidth: widthOut,
    })
    .addHelpText("after", examples);
  const [name = ""] = words ?? [];
  const named = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  for (const define of named === undefined ? Object.values(definitions) : [named]) define(program);
  if (named === undefined) for (const flag of commonFlags()) program.addOption(flag.hideHelp()); // for flags before it
  return withCommonFlags(program, words);
}

/** Adds the flags of every command, after each command's own. */
function withCommonFlags(program: Command, words: readonly string[] | undefined): Command {
  const common = commonFlags().map((flag) => flag.helpGroup("Flags of every command:"));
  for (const command of program.commands.flatMap((one) => [one, ...one.commands])) {
    if (words !== undefined && !words.includes(command.name())) continue;
    for (const flag of common) command.addOption(flag);
  }
  return program;
}

const examples = `
Examples:
  tagwise                                           the terminal UI
  tagwise tags registry.example.com/team/app        who shares a manifest with whom
  tagwise rm registry.example.com/team/app:test1    remove one tag; its siblings stand
  tagwise undo                                      put it back
  tagwise doctor registry.example.com/team/app      what the registry allows, with proof

tagwise COMMAND --help lists its flags; those of every command can also be set as TAGWISE_NAME or in $XDG_CONFIG_HOME/tagwise/config.yaml.`;
