import process from "node:process";
import { Command, CommanderError, Option } from "commander";
import { addCollecting } from "./collecting.ts";
import { UsageError } from "./errors.ts";
import { collect, commonFlags } from "./flags.ts";
import type { Said } from "./settings.ts";
import { widthOut, writeAtOnce } from "./write-at-once.ts";

/** A command's action: its words and flags in, the exit code out. */
type Action = (words: readonly string[], flags: Said) => Promise<number>;

/** Loads an action; each stands behind an import of its own, so that help and completion load none of them. */
type Load = () => Promise<{ readonly action: Action }>;

/** Runs one command line. Sets the exit code; the process ends by itself. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    const words = args.length === 0 ? ["ui"] : args;
    await buildProgram(words).parseAsync(words, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return; // help was asked for, and given
    const { fail } = await import("./fail.ts");
    process.exitCode = fail(error instanceof CommanderError ? usageError(error) : error, args);
    if (process.exitCode > 128) process.exit(); // requests may still be under way, and nobody waits for them
  }
}

/** Commander's words, which `fail` says in the form that was asked for. */
function usageError({ message, code }: CommanderError): Error {
  const [first = "", ...suggestion] = message.replace(/^error: /, "").split("\n");
  const next = [...suggestion.filter((line) => line !== ""), "tagwise --help, or tagwise COMMAND --help, tells more"];
  return new UsageError(code === "commander.help" ? "name a command" : first, { next: next.join(" ") });
}

/** The whole command line, as help and completion read it; of commands that `words` do not name, without the common flags. */
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
      getOutHasColors: () => false,
      getOutHelpWidth: widthOut,
    })
    .addHelpText("after", examples);
  addReading(program);
  addRemoving(program);
  addCollecting(program, add);
  addServing(program);
  return withCommonFlags(program, words);
}

/** The flags of every command come after its own in the help; they may also stand before the command. */
function withCommonFlags(program: Command, words: readonly string[] | undefined): Command {
  for (const flag of commonFlags()) program.addOption(flag.hideHelp());
  const common = commonFlags().map((flag) => flag.helpGroup("Flags of every command:"));
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  for (const command of commands) {
    if (words !== undefined && !words.includes(command.name())) continue; // hundreds of flags take their time
    for (const flag of common) command.addOption(flag);
  }
  return program;
}

function addReading(program: Command): void {
  add(
    program,
    "ui [host-or-repository]",
    "open the terminal UI, as tagwise alone does",
    () => import("./commands/ui.ts"),
  )
    .option("--read-only", "take the keys away that change something")
    .option("--ascii", "draw with ASCII alone")
    .option("--protect <glob>", "never remove a tag that matches (repeatable)", collect);
  add(program, "ls <host[/prefix]>", "list repositories", () => import("./commands/ls.ts"));
  add(
    program,
    "tags <repository>",
    "list tags with digest, kind, size, age, platforms, and who shares the manifest",
    () => import("./commands/tags.ts"),
  )
    .option("--fast", "names and digests only")
    .addOption(new Option("--sort <key>", "order").choices(["name", "created", "size"]))
    .option("--reverse", "the other way round");
  add(
    program,
    "inspect <reference>",
    "show one manifest: config, layers, children, siblings, referrers",
    () => import("./commands/inspect.ts"),
  );
  add(
    program,
    "doctor <host[/repository]>",
    "say what a registry is, what it allows, and the proof of each",
    () => import("./commands/doctor.ts"),
  ).option("--rehearse", "try the strategy on scratch tags");
}

function addRemoving(program: Command): void {
  confirmed(
    add(
      program,
      "rm <reference...>",
      "remove exactly these tags; - reads references from standard input",
      () => import("./commands/rm.ts"),
    ),
  )
    .option("-n, --dry-run", "show the plan and change nothing")
    .addOption(
      new Option("--strategy <name>", "how to remove")
        .choices(["auto", "native", "gitlab", "decoy", "storage"])
        .default("auto"),
    )
    .option("--store <store>", "the registry's storage, for --strategy storage: a directory, s3://… or its config.yml")
    .addOption(
      new Option("--verify <how>", "how much to read back").choices(["auto", "listing", "all"]).default("auto"),
    )
    .option("--protect <glob>", "never remove a tag that matches (repeatable)", collect)
    .option("--no-undo", "go on where the registry would not take the manifest back")
    .addHelpText("after", rmExamples);
  confirmed(
    add(
      program,
      "undo [operation-or-reference...]",
      "put removed tags back; without arguments, the last operation",
      () => import("./commands/undo.ts"),
    ),
  ).option("--force", "also over what was pushed since");
  add(
    program,
    "history",
    "list what was removed, when, how, and whether it can be undone",
    () => import("./commands/history.ts"),
  );
  confirmed(
    add(
      program,
      "recover [host[/prefix]]",
      "finish or roll back what was cut off, and find decoys left by anyone",
      () => import("./commands/recover.ts"),
    ),
  )
    .option("--rollback", "put the originals back instead of finishing")
    .option("-n, --dry-run", "show what is left and change nothing");
}

function addServing(program: Command): void {
  add(program, "registry", "serve the embedded registry", () => import("./commands/registry.ts"))
    .option("--addr <host:port>", "where to listen", "127.0.0.1:5000")
    .option(
      "--storage <dir>",
      "keep everything in this folder, in the layout of the distribution registry (default: memory)",
    )
    .addOption(
      new Option("--behave-like <kind>", "misbehave like a registry of this kind")
        .choices(["oci", "distribution2", "distribution3", "gitlab", "harbor", "nexus", "greedy"])
        .default("oci"),
    )
    .option("--htpasswd <file>", "ask for a name and password in this file (bcrypt)")
    .option("--no-delete", "refuse every deletion")
    .option("--read-only", "refuse every change");
  add(program, "demo", "show the problem and the answer on an embedded registry", () => import("./commands/demo.ts"));
  add(program, "login <host>", "store credentials where docker keeps them", () => import("./commands/login.ts"));
  add(program, "logout <host>", "remove stored credentials", () => import("./commands/logout.ts"));
  add(
    program,
    "completion <shell>",
    "print the completion script for bash, zsh, fish or powershell",
    () => import("./commands/completion.ts"),
  );
}

function add(program: Command, usage: string, description: string, load: Load): Command {
  const command = program.command(usage).description(description);
  return command.action(async () => {
    const { action } = await load();
    process.exitCode = await action(command.args, { ...program.parent?.opts(), ...program.opts(), ...command.opts() });
  });
}

/** Flags of the commands that change something. */
function confirmed(command: Command): Command {
  return command
    .option("-y, --yes", "do not ask")
    .option("--wait <duration>", "wait for another tagwise on the same repository (default: 30s)");
}

const examples = `
Examples:
  tagwise                                           the terminal UI
  tagwise tags registry.example.com/team/app        who shares a manifest with whom
  tagwise rm registry.example.com/team/app:test1    remove one tag; its siblings stand
  tagwise undo                                      put it back
  tagwise doctor registry.example.com/team/app      what the registry allows, with proof

Each flag can also be set as TAGWISE_NAME or in $XDG_CONFIG_HOME/tagwise/config.yaml.`;

const rmExamples = `
Examples:
  tagwise rm 127.0.0.1:5000/team/app:test1
  tagwise rm 127.0.0.1:5000/team/app:test1 127.0.0.1:5000/team/app:test2 --yes
  tagwise rm 127.0.0.1:5000/team/app:test1@sha256:…  only while it points at that digest
  tagwise rm --dry-run -o json 127.0.0.1:5000/team/app:test1
  cat old-tags.txt | tagwise rm - --yes --protect 'v*'`;
