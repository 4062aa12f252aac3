import type { Argument, Command, Option } from "commander";
import type { Said } from "../settings.ts";
import { shells } from "./scripts.ts";

/** One possible completion. */
export interface Candidate {
  /** The whole word, including what was typed of it. */
  readonly word: string;
  readonly about?: string;
}

/** What can be completed at the cursor: given words, files, or names that a registry must be asked for. */
export type Completion =
  | { readonly kind: "words"; readonly candidates: readonly Candidate[] }
  | { readonly kind: "files" }
  /** Names to be asked of a registry. */
  | { readonly kind: "hosts" | "repositories" | "tags"; readonly typed: string; readonly flags: Said };

/** Finds what can be completed at the last word. Pure: it asks no registry. */
export function completionOf(program: Command, words: readonly string[]): Completion {
  const typed = words.at(-1) ?? "";
  const { command, flags, count, open } = walk(program, words.slice(0, -1));
  if (open !== undefined) return ofValue(open, { typed, before: "" });
  const [flag = "", ...value] = typed.split("=");
  const assigned = value.length > 0 ? findOption(command, flag) : undefined;
  if (assigned !== undefined) return ofValue(assigned, { typed: value.join("="), before: `${flag}=` });
  if (typed.startsWith("-")) return only([...command.options.flatMap(ofOption), help], typed);
  const below = count === 0 ? command.commands.map(ofCommand).filter(({ word }) => word.startsWith(typed)) : [];
  if (below.length > 0) return only(below);
  const { registeredArguments: all } = command;
  const last = all.at(-1);
  return ofArgument(all[count] ?? (last?.variadic ? last : undefined), { typed, flags });
}

const help: Candidate = { word: "--help", about: "tell more" };

function only(candidates: readonly Candidate[], typed = ""): Completion {
  return { kind: "words", candidates: candidates.filter(({ word }) => word.startsWith(typed)) };
}

function ofCommand(command: Command): Candidate {
  return { word: command.name(), about: command.description() };
}

function ofOption({ long, short, description, hidden }: Option): readonly Candidate[] {
  const word = long ?? short;
  return word === undefined || word === null || hidden ? [] : [{ word, about: description }];
}

function ofValue(
  { argChoices = [], flags }: Option,
  { typed, before }: { readonly typed: string; readonly before: string },
): Completion {
  if (/<(?:file|dir)>/.test(flags)) return before === "" ? { kind: "files" } : only([]);
  return only(argChoices.filter((choice) => choice.startsWith(typed)).map((choice) => ({ word: before + choice })));
}

function ofArgument(
  argument: Argument | undefined,
  { typed, flags }: { readonly typed: string; readonly flags: Said },
): Completion {
  switch (argument?.name()) {
    case "shell":
      return only(shells.filter((shell) => shell.startsWith(typed)).map((word) => ({ word })));
    case "host":
      return { kind: "hosts", typed, flags };
    case "host[/prefix]":
    case "host[/repository]":
    case "repository":
      return { kind: "repositories", typed, flags };
    case "reference":
    case "operation-or-reference":
      return { kind: "tags", typed, flags };
    case "store":
      return { kind: "files" };
    default:
      return only([]);
  }
}

interface Walked {
  readonly command: Command;
  /** The flags before the cursor. */
  readonly flags: Said;
  /** Arguments before the cursor. */
  readonly count: number;
  /** The flag whose value is under the cursor. */
  readonly open: Option | undefined;
}

/** Follows the words up to the cursor. */
function walk(program: Command, words: readonly string[]): Walked {
  const flags: Record<string, unknown> = {};
  let [command, count, open]: [Command, number, Option | undefined] = [program, 0, undefined];
  for (const word of words) {
    if (open !== undefined) {
      flags[open.attributeName()] = word;
      open = undefined;
    } else if (word.startsWith("-")) {
      const read = readFlag(command, word);
      Object.assign(flags, read.flags);
      open = read.open;
    } else {
      const below = count === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (below === undefined) count++;
      else command = below;
    }
  }
  return { command, flags, count, open };
}

/** Reads a flag with its value, or one whose value is the next word. */
function readFlag(command: Command, word: string): Pick<Walked, "flags" | "open"> {
  const [name = "", ...value] = word.split("=");
  const option = findOption(command, name);
  if (option === undefined) return { flags: {}, open: undefined };
  if (option.isBoolean()) return { flags: { [option.attributeName()]: !option.negate }, open: undefined };
  if (value.length === 0) return { flags: {}, open: option };
  return { flags: { [option.attributeName()]: value.join("=") }, open: undefined };
}

function findOption({ options }: Command, name: string): Option | undefined {
  return options.find(({ long, short }) => long === name || short === name);
}
