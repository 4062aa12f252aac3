import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { journalIn } from "../untag/journal/journal-file.ts";
import type { RemoveOptions } from "./removing/remove-tags.ts";
import type { UndoOptions } from "./removing/undo-removal.ts";
import { hostMark, systemClock } from "./this-machine.ts";

/** What `rm --yes` and `undo` take for granted, with the journal and the locks in one folder; spread it to change a part. */
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
