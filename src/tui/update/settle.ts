import type { Tag } from "../../registry/names.ts";
import type { Effect, Step } from "../message.ts";
import { isRead } from "../model/book.ts";
import { inView, rowAt } from "../model/list.ts";
import { isMarked } from "../model/marks.ts";
import { type Model, type RepositoryModel, tagInDetail } from "../model/model.ts";
import type { Overlay } from "../model/overlays.ts";
import { listHeight, pageHeight } from "../view/layout.ts";

/** Completes every step: scrolls lists to their cursors, and requests to read what came into sight. */
export function settled([model, effects]: Step): Step {
  const repositories = {
    ...model.repositories,
    list: inView(model.repositories.list, listHeight(model, "repositories")),
  };
  const repository = model.repository && {
    ...model.repository,
    list: inView(model.repository.list, listHeight(model, "tags")),
  };
  const next = { ...model, repositories, repository, overlay: model.overlay && settledOverlay(model, model.overlay) };
  const look = repository && lookFor(next, repository);
  if (look === undefined || look.key === model.lookedAt) return [next, effects];
  return [{ ...next, lookedAt: look.key }, [...effects, look.effect]];
}

/** Keeps the cursor of an overlay on a row that exists and is shown. */
function settledOverlay({ jobs, size }: Model, overlay: Overlay): Overlay {
  if (overlay.is === "jobs") return { ...overlay, cursor: Math.max(0, Math.min(overlay.cursor, jobs.length - 1)) };
  if (overlay.is !== "history") return overlay;
  const { cursor, top, operations = [] } = overlay;
  return { ...overlay, top: inView({ cursor, top, length: operations.length }, pageHeight(size)).top };
}

/** The effect that reads the unread tags in sight and the one under the cursor; `key` tells whether it is a new one. */
function lookFor(model: Model, repository: RepositoryModel): { key: string; effect: Effect } | undefined {
  const { name, book, list, listing } = repository;
  if (book.names.length === 0) return undefined;
  const height = listHeight(model, "tags");
  const tag = tagInDetail(repository);
  const rows: Tag[] = [];
  for (let row = list.top; row < Math.min(list.length, list.top + height); row++) {
    const named = book.names[rowAt(list, row) ?? -1];
    if (named !== undefined && !isRead(book, named, { withFacts: true })) rows.push(named);
  }
  const digest = tag && book.digests.get(tag);
  const isTagRead = digest !== undefined && repository.detail?.inspection?.digest === digest;
  const key = `${name} ${listing === "done"} ${tag} ${rows[0]} ${rows.length} ${list.top}`;
  return { key, effect: { do: "look", repository: name, tag, isTagRead, rows } };
}

/** Counts the marked tags that the filter hides. */
export function withHiddenMarks(repository: RepositoryModel): RepositoryModel {
  const { marks, list, book } = repository;
  if (list.rows === undefined || list.filter.trim() === "" || marks.size === 0)
    return { ...repository, hiddenMarks: 0 };
  let shown = 0;
  for (const place of list.rows) if (place >= 0 && isMarked(marks, book.names[place] as Tag)) shown++;
  return { ...repository, hiddenMarks: marks.size - shown };
}

/** Unmarks tags that no longer exist. */
export function withStandingMarks(repository: RepositoryModel): RepositoryModel {
  if (repository.marks.size === 0) return repository;
  const standing = repository.book.names.filter((tag) => isMarked(repository.marks, tag));
  const marks = { size: standing.length, base: new Set(standing), flipped: new Set<Tag>() };
  return withHiddenMarks({ ...repository, marks });
}
