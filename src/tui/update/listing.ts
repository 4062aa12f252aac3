import type { RepositoryName } from "../../registry/names.ts";
import type { Message, Step } from "../message.ts";
import { addNames, addRow, type ReadRow, settleBook } from "../model/book.ts";
import { at, emptied, filtered, rowOf, withRows } from "../model/list.ts";
import type { Model, RepositoryModel } from "../model/model.ts";
import { sayTrouble, type Trouble } from "../model/trouble.ts";
import { doing, inRepository, logged, still } from "./changing.ts";
import { readAll, reopen, reordered } from "./panes.ts";
import { withHiddenMarks, withStandingMarks } from "./settle.ts";

/** Adds repository names that were listed. */
export function addRepositories(model: Model, more: readonly RepositoryName[]): Model {
  const { names, list } = model.repositories;
  for (const name of more) names.push(name);
  const { rows, length, ...fresh } = filtered(emptied(list), names, list.filter);
  const placed = withRows({ ...fresh, rows: list.rows, length: list.length }, rows, length);
  return { ...model, repositories: { ...model.repositories, listing: "running", list: placed } };
}

/** Ends the listing of repositories; with `trouble` it failed. */
export function endRepositories(model: Model, trouble: Trouble | undefined): Step {
  const listing = trouble === undefined ? "done" : "failed";
  const next = onOpened({ ...model, repositories: { ...model.repositories, listing, trouble } });
  return trouble === undefined ? still(next) : still(logged(next, { severity: "error", says: sayTrouble(trouble) }));
}

/** Puts the cursor of the list on the repository that was opened by its name. */
function onOpened(model: Model): Model {
  const { repository, repositories, focus } = model;
  const place = repository === undefined || focus === "repositories" ? -1 : repositories.names.indexOf(repository.name);
  const row = rowOf(repositories.list, place);
  return row < 0 ? model : { ...model, repositories: { ...repositories, list: at(repositories.list, row) } };
}

/** Adds tag names that were listed, and shows them at once. */
export function addTags(model: Model, { repository, names, isAnew }: Extract<Message, { is: "tags" }>): Model {
  return changed(model, repository, (open) => {
    const book = isAnew === true && open.book.names.length > 0 ? { ...open.book, names: [] } : open.book;
    addNames(book, names);
    return reordered({ ...open, book, revision: open.revision + 1 });
  });
}

/** In repositories of up to this many tags, every tag is read without being asked for. */
const mostScanned = 1_000;

/** Ends the listing of tags; reads every tag where there are few, or where sorting or grouping needs it. */
export function endTags(model: Model, { repository, trouble }: Extract<Message, { is: "tags-end" }>): Step {
  if (trouble !== undefined) {
    // what stands is not known: marks and the place of the cursor are kept for the next listing
    const failed = changed(model, repository, (open) => withHiddenMarks({ ...open, listing: "failed", trouble }));
    return still(logged(failed, { severity: "error", says: `${repository}: ${sayTrouble(trouble)}` }));
  }
  const next = changed(model, repository, (open) => {
    settleBook(open.book);
    return withStandingMarks(returned(reordered({ ...open, listing: "done", revision: open.revision + 1 })));
  });
  const count = next.repository?.book.names.length ?? 0;
  const wantsFacts = next.repository?.sort !== "name";
  if (next.repository?.name !== repository || (count > mostScanned && !next.repository.isGrouped && !wantsFacts))
    return still(next);
  return readAll(next, { withFacts: wantsFacts });
}

/** Puts the cursor back on its tag, if that still exists. */
function returned(open: RepositoryModel): RepositoryModel {
  const { list, book, returnTo } = open;
  const place = returnTo === undefined ? -1 : book.names.indexOf(returnTo);
  const row = place < 0 ? -1 : rowOf(list, place);
  return { ...open, returnTo: undefined, list: row < 0 ? list : at(list, row) };
}

/** Records what was read of tags. */
export function addRows(model: Model, repository: RepositoryName, rows: readonly ReadRow[]): Model {
  return changed(model, repository, (open) => {
    for (const row of rows) addRow(open.book, row);
    const next = { ...open, revision: open.revision + 1 };
    return open.isGrouped || open.sort !== "name" ? reordered(next) : next;
  });
}

/** Records what was read for the detail, or why that failed. */
export function addInspection(model: Model, message: Extract<Message, { is: "inspected" }>): Model {
  const { repository, tag, inspection, trouble } = message;
  return changed(model, repository, (open) => {
    if (inspection !== undefined) addRow(open.book, { tag, digest: inspection.digest, facts: inspection.facts });
    return { ...open, revision: open.revision + 1, detail: { tag, inspection, trouble } };
  });
}

function changed(model: Model, repository: RepositoryName, change: (open: RepositoryModel) => RepositoryModel): Model {
  return inRepository(model, (open) => (open.name === repository ? change(open) : open));
}

/**
 * Starts reading a registry, and the repository that was given or was open before a login; without a registry, asks for
 * one.
 */
export function start(model: Model, { repository, recents }: Extract<Message, { is: "start" }>): Step {
  const next = { ...model, recents };
  if (model.registry.address === undefined) {
    // on what was opened last, so that Enter goes on with it
    return still({ ...next, overlay: { is: "open", text: "", cursor: Math.min(1, recents.length), trouble: "" } });
  }
  const listing = { ...next, repositories: { ...next.repositories, listing: "running" } } as const;
  const name = repository ?? model.repository?.name;
  if (name === undefined) return doing(listing, { do: "list-repositories" });
  const [opened, effects] = reopen(listing, name);
  return doing(opened, ...effects, { do: "list-repositories" });
}
