import type { Journal } from "../untag/journal/journal.ts";
import { journalIn } from "../untag/journal/journal-file.ts";
import { type Context, type Opening, openContext } from "./context.ts";
import type { Said } from "./settings.ts";

/** The context of a command that works with the journal. */
export interface JournalledContext extends Context {
  readonly journal: Journal;
}

/** Opens a command's context with its journal, which commands that only read a registry need not load. */
export async function openJournalledContext(flags: Said, opening: Opening = {}): Promise<JournalledContext> {
  const context = await openContext(flags, opening);
  return { ...context, journal: journalIn(context.settings.journal ?? context.folders.state) };
}
