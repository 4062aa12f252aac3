import { Option } from "commander";
import { add, type Definitions } from "./add.ts";
import { collect } from "./flags.ts";

/** The commands that read: `ui`, `ls`, `tags`, `inspect` and `doctor`. */
export const reading: Definitions = {
  ui: (program) =>
    add(
      program,
      "ui [host-or-repository]",
      "open the terminal UI, as tagwise alone does",
      () => import("../commands/ui.ts"),
    )
      .option("--read-only", "take the keys away that change something")
      .option("--ascii", "draw with ASCII alone")
      .option("--protect <glob>", "never remove a tag that matches (repeatable)", collect),

  ls: (program) => add(program, "ls <host[/prefix]>", "list repositories", () => import("../commands/ls.ts")),

  tags: (program) =>
    add(
      program,
      "tags <repository>",
      "list tags with digest, kind, size, age, platforms, and who shares the manifest",
      () => import("../commands/tags.ts"),
    )
      .option("--fast", "names and digests only")
      .addOption(new Option("--sort <key>", "order").choices(["name", "created", "size"]))
      .option("--reverse", "the other way round"),

  inspect: (program) =>
    add(
      program,
      "inspect <reference>",
      "show one manifest: config, layers, children, siblings, referrers",
      () => import("../commands/inspect.ts"),
    ),

  doctor: (program) =>
    add(
      program,
      "doctor <host[/repository]>",
      "say what a registry is, what it allows, and the proof of each",
      () => import("../commands/doctor.ts"),
    ).option("--rehearse", "try the strategy on scratch tags"),
};
