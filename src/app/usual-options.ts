import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { journalIn } from "../untag/journal/journal-file.ts";
import type { RemoveOptions } from "./removing/remove-tags.ts";
import type { UndoOptions } from "./removing/undo-removal.ts";
import { hostMark, systemClock } from "./this-machine.ts";

/** The defaults of `rm --yes` and `undo`, with journal and locks below `folder`; spread the result to change some. */
export function usualOptions(folder: string): RemoveOptions & UndoOptions {
  return {
    journal: journalIn(join(folder, "journal")),
    locks: [join(folder, "locks")],
    strategy: "auto",
    verify: "auto",
    noUndo: false,
    dryRun: false,
    force: false,
    wait: 30_000,
    concurrency: 8,
    protectedBy: () => undefined,
    confirm: async () => true,
    emit: () => {},
    clock: systemClock,
    random: (bytes) => randomBytes(bytes),
    host: hostMark(),
  };
}
