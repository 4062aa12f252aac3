import { Option } from "commander";
import { add, type Definitions } from "./add.ts";
import { collect, waiting, withoutAsking } from "./flags.ts";

/** The commands on removals: `rm`, `undo`, `history` and `recover`. */
export const removing: Definitions = {
  rm: (program) =>
    add(
      program,
      "rm <reference...>",
      "remove exactly these tags; - reads references from standard input",
      () => import("../commands/rm.ts"),
    )
      .addOption(withoutAsking())
      .addOption(waiting())
      .option("-n, --dry-run", "show the plan and change nothing")
      .addOption(
        new Option("--strategy <name>", "how to remove")
          .choices(["auto", "native", "gitlab", "decoy", "storage"])
          .default("auto"),
      )
      .option(
        "--store <store>",
        "the registry's storage, for --strategy storage: a directory, s3://… or its config.yml",
      )
      .addOption(
        new Option(
          "--verify <how>",
          "what to read for the proof: every sibling before and after (all), the listing alone (listing), or siblings where a repository has up to 1,000 tags (auto); on registries not known to be exact always every sibling",
        )
          .choices(["auto", "listing", "all"])
          .default("auto"),
      )
      .option("--protect <glob>", "never remove a tag that matches (repeatable)", collect)
      .option("--no-undo", "go on where the registry would not take the manifest back")
      .addHelpText("after", examples),

  undo: (program) =>
    add(
      program,
      "undo [operation-or-reference...]",
      "put removed tags back; without arguments, the last operation",
      () => import("../commands/undo.ts"),
    )
      .option("--force", "also over what was pushed since")
      .addOption(waiting())
      .addOption(withoutAsking().hideHelp()), // it never asks; this lets scripts pass --yes to every command

  history: (program) =>
    add(
      program,
      "history",
      "list what was removed, when, how, and whether it can be undone",
      () => import("../commands/history.ts"),
    ),

  recover: (program) =>
    add(
      program,
      "recover [host[/prefix]]",
      "finish or roll back what was cut off, and find decoys left by anyone",
      () => import("../commands/recover.ts"),
    )
      .addOption(withoutAsking())
      .addOption(waiting())
      .option("--rollback", "put the originals back instead of finishing")
      .option("-n, --dry-run", "show what is left and change nothing"),
};

const examples = `
Examples:
  tagwise rm 127.0.0.1:5000/team/app:test1
  tagwise rm 127.0.0.1:5000/team/app:test1 127.0.0.1:5000/team/app:test2 --yes
  tagwise rm 127.0.0.1:5000/team/app:test1@sha256:…  only while it points at that digest
  tagwise rm --dry-run -o json 127.0.0.1:5000/team/app:test1
  cat old-tags.txt | tagwise rm - --yes --protect 'v*'`;
