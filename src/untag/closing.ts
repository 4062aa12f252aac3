import type { RepositoryName } from "../registry/names.ts";
import type { Emit } from "./events.ts";
import type { Closing, Journal, JournalStep } from "./journal/journal.ts";
import { isStranded, isUncertain, reasonOf } from "./outcome.ts";
import type { RepositoryReport } from "./report.ts";

/** Records steps of one operation that have already happened. */
export interface Notes {
  /** A failure to write is told, and does not stop the work. */
  note(repository: RepositoryName, step: JournalStep): Promise<void>;
  /** Closes the operation, unless something is left for `recover` or could not be written. */
  close(reports: readonly RepositoryReport[]): Promise<void>;
}

interface Noting {
  readonly record: Journal["record"];
  readonly emit: Emit;
}

/** Makes the notes of an operation. */
export function notesOf(operation: string, { record, emit }: Noting): Notes {
  let isWhole = true;
  const note: Notes["note"] = async (repository, step) => {
    await record(operation, step).catch((error) => {
      isWhole = false;
      const says = `the journal could not be written (${reasonOf(error).reason}); \`tagwise recover\` closes the operation`;
      emit({ kind: "note", repository, says });
    });
  };
  return {
    note,
    async close(reports) {
      const closing = isWhole ? closingOf(reports) : undefined;
      const [first] = reports;
      if (closing !== undefined && first !== undefined) await note(first.repository, closing);
    },
  };
}

/** How an operation ends; undefined while a tag is not put back, a change may come late, or a sibling is lost. */
function closingOf(reports: readonly RepositoryReport[]): Closing | undefined {
  const outcomes = reports.flatMap(({ tags }) => tags.map(({ outcome }) => outcome));
  const isLeft = outcomes.some((outcome) => isStranded(outcome) || isUncertain(outcome));
  if (isLeft || reports.some(({ lost }) => lost.length > 0)) return undefined;
  return { step: "closed", state: outcomes.some(({ outcome }) => outcome === "removed") ? "done" : "rolled-back" };
}
