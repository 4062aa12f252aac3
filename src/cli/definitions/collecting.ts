import { Option } from "commander";
import { add, type Definitions } from "./add.ts";
import { collect, withoutAsking } from "./flags.ts";

/** The values of `--tidy`. */
export const tidyings = ["uploads", "tags", "history", "layer-links", "repositories"] as const;

/** The command `gc` and those below it. */
export const collecting: Definitions = {
  gc(program) {
    const gc = add(
      program,
      "gc <store>",
      "collect the garbage of a registry's storage: a directory, s3://bucket/prefix, or its config.yml",
      () => import("../commands/gc.ts"),
    )
      .option("-n, --dry-run", "show the plan and change nothing")
      .addOption(withoutAsking())
      .option("--untagged", "also manifests that no tag, index or subject leads to")
      .option("--grace <duration>", "keep what was written to within this time; never waited for (default: 24h)")
      .addOption(
        new Option("--like <version>", "show what that version's own collector would do").choices([
          "distribution2",
          "distribution3",
        ]),
      )
      .addOption(
        new Option("--tidy <what>", "also put in order (repeatable)").choices(tidyings).argParser(collectTidying),
      )
      .option("--restart <how>", "restart the registry after the sweep: docker:NAME, systemd:UNIT or exec:COMMAND")
      .option("--registry <url>", "then ask the running registry whether its cache still promises what is gone")
      .option("--no-quarantine", "delete at once; the registry must be stopped or read-only")
      .addHelpText("after", gcExamples);
    add(gc, "runs <store>", "list the runs, and what each set aside", () => import("../commands/gc-runs.ts"));
    add(gc, "restore <store> <run>", "put back all that a run set aside", () => import("../commands/gc-restore.ts"));
    add(
      gc,
      "purge <store> <run>",
      "delete what a run set aside; what is in use again comes back first",
      () => import("../commands/gc-purge.ts"),
    )
      .addOption(withoutAsking())
      .option("--no-cache-in-use", "the registry keeps no cache of blobs, or it was flushed")
      .option("--restart <how>", "restart it first: docker:NAME, systemd:UNIT or exec:COMMAND");
    return gc;
  },
};

function collectTidying(value: string, before: readonly string[] | undefined): string[] {
  const all = value.split(",").flatMap((word) => collect(word, undefined));
  return [...(before ?? []), ...all];
}

const gcExamples = `
Examples:
  tagwise gc /var/lib/registry --dry-run             what would go, with the reason for each
  tagwise gc config.yml --untagged --restart docker:registry
  tagwise gc s3://bucket/prefix --yes --registry https://registry.example.com
  tagwise gc runs /var/lib/registry                  what lies in quarantine
  tagwise gc restore /var/lib/registry RUN           put it back
  tagwise gc purge /var/lib/registry RUN --restart docker:registry`;
