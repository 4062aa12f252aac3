import {
  canPutBack,
  type Journal,
  type Operation,
  type OperationState,
  outcomesOf,
  stateOf,
  undoableTags,
} from "../../untag/journal/journal.ts";

/** The journal as JSON for scripts. */
export interface HistoryDocument {
  readonly operations: readonly HistoryOperation[];
  /** Files of the journal that cannot be read; absent where there are none. */
  readonly unreadable?: readonly { readonly file: string; readonly why: string }[];
}

/**
 * One operation of the journal; a tag's `outcome` is null where it was not recorded, and `restored` too where an undo
 * has put it back.
 */
export interface HistoryOperation {
  readonly operation: string;
  readonly at: string;
  readonly registry: string;
  readonly state: OperationState;
  readonly strategy: string;
  readonly tags: readonly {
    readonly repository: string;
    readonly tag: string;
    readonly digest: string;
    readonly outcome: string | null;
  }[];
  readonly undoable: boolean;
}

/** Every operation in the journal, newest first. */
export async function history(journal: Journal): Promise<HistoryDocument> {
  const { operations, unreadable } = await journal.list();
  const shown = operations.filter(
    (one) => stateOf(one) === "open" || one.repositories.some(({ tags }) => tags.length > 0),
  ); // leaves out finished rehearsals, which have no tags
  return { operations: shown.map(historyOf), ...(unreadable.length > 0 && { unreadable }) };
}

function historyOf(operation: Operation): HistoryOperation {
  const { registry, repositories, at } = operation;
  const away = new Set(undoableTags(operation).map(({ repository, tag }) => `${repository}:${tag}`));
  return {
    operation: operation.operation,
    at: at.toISOString(),
    registry: registry.host,
    state: stateOf(operation),
    strategy: [...new Set(repositories.map(({ strategy }) => strategy))].join(", "),
    tags: outcomesOf(operation).map(({ repository, tag, digest, outcome }) => ({
      repository: `${registry.host}/${repository}`,
      tag,
      digest,
      outcome: outcome === "removed" && !away.has(`${repository}:${tag}`) ? "restored" : (outcome ?? null),
    })),
    undoable: undoableTags(operation).some((tag) => canPutBack(operation, tag)),
  };
}
