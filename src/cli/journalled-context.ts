import type { Journal } from "../untag/journal/journal.ts";
import { journalIn } from "../untag/journal/journal-file.ts";
import { type Context, type Opening, openContext } from "./context.ts";
import { expectFolder } from "./named-files.ts";
import type { Said } from "./settings.ts";

/** The context of a command that works with the journal. */
export interface JournalledContext extends Context {
  readonly journal: Journal;
}

interface JournalledOpening extends Opening {
  /** True for a command that is about what the journal holds already. */
  readonly readsJournal?: boolean;
}

/**
 * Opens a command's context with its journal, which commands that only read a registry need not load. Throws a usage
 * error where `--journal` names what is no folder or, for a command that reads it, nothing.
 */
export async function openJournalledContext(
  flags: Said,
  { readsJournal = false, ...opening }: JournalledOpening = {},
): Promise<JournalledContext> {
  const context = await openContext(flags, opening);
  const { settings, folders } = context;
  // an environment or a config file may name the folder before there is one
  const isRead = readsJournal && flags.journal !== undefined;
  if (settings.journal !== undefined) expectFolder("--journal", settings.journal, { isRead });
  return { ...context, journal: journalIn(settings.journal ?? folders.state) };
}
