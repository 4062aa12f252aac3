import { type HistoryDocument, type HistoryOperation, history } from "../../app/removing/history.ts";
import { few } from "../../support/few.ts";
import { printable } from "../../support/printable.ts";
import { openJournalledContext } from "../journalled-context.ts";
import { answerWithList } from "../output.ts";
import { formatTable } from "../render/table.ts";
import type { Said } from "../settings.ts";

/** `tagwise history`: lists the operations of the journal. */
export async function action(_: readonly string[], flags: Said): Promise<number> {
  const { settings, journal } = await openJournalledContext(flags, { readsJournal: true });
  await answerWithList(settings, await history(journal), { list: "operations", hasLines: true }, formatHistory);
  return 0;
}

function formatHistory({ operations, unreadable = [] }: HistoryDocument): string {
  const columns = ["OPERATION", "WHEN", "STATE", "BY", "UNDO", "TAGS"].map((title) => ({ title }));
  const rows = operations.map(({ operation, at, state, strategy, undoable, tags }) => [
    operation,
    `${at.replace("T", " ").slice(0, 19)}Z`,
    state,
    strategy,
    undoable ? "yes" : "no",
    few(shownOf(tags).map(nameOf), 3),
  ]);
  const damaged = unreadable.map(({ file, why }) => printable(`cannot read ${file}: ${why}`));
  return [operations.length === 0 ? "Nothing has been removed yet." : formatTable(columns, rows), ...damaged].join(
    "\n",
  );
}

/** The tags that went, or where none did, those that were to. */
function shownOf(tags: HistoryOperation["tags"]): HistoryOperation["tags"] {
  const gone = tags.filter(({ outcome }) => outcome === "removed" || outcome === "restored");
  return gone.length > 0 ? gone : tags;
}

function nameOf({ repository, tag }: HistoryOperation["tags"][number]): string {
  return `${repository}:${tag}`;
}
