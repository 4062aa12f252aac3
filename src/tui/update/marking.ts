import type { Tag } from "../../registry/names.ts";
import { moved, rowAt } from "../model/list.ts";
import { inverted, isMarked, noMarks, toggled, withMarks, withoutMarks } from "../model/marks.ts";
import { type Model, type RepositoryModel, tagAtCursor, withCursorOf } from "../model/model.ts";
import { listHeight } from "../view/layout.ts";
import { inRepository, say } from "./changing.ts";

// no key here marks tags that the filter hides, so `hiddenMarks` need not be counted again

/** Space: marks the tag, all tags below a heading, or the range that was begun; then moves the cursor down. */
export function mark(model: Model): Model {
  return inRepository(model, (repository) => {
    if (repository.anchor !== undefined) return marked(repository, rangeOf(repository));
    const tag = tagAtCursor(repository);
    const marks = tag === undefined ? markedGroup(repository) : toggled(repository.marks, tag);
    const list = moved(repository.list, "down", listHeight(model, "tags"));
    return { ...withCursorOf(repository, list), marks };
  });
}

/** Marks all tags below the heading under the cursor, or unmarks them where all are marked. */
function markedGroup(repository: RepositoryModel): RepositoryModel["marks"] {
  const { list, marks } = repository;
  const heading = rowAt(list, list.cursor);
  if (heading === undefined) return marks;
  const tags = tagsUnder(repository, heading);
  return tags.every((tag) => isMarked(marks, tag)) ? withoutMarks(marks, tags) : withMarks(marks, tags);
}

/** The tags below a heading, which all point at its manifest. */
function tagsUnder({ book, groups, list }: RepositoryModel, heading: number): readonly Tag[] {
  const digest = groups[-1 - heading];
  const rows = list.rows ?? new Int32Array();
  const start = rows.indexOf(heading) + 1;
  const tags: Tag[] = [];
  for (let row = start; row < list.length && (rows[row] ?? -1) >= 0; row++) {
    const tag = book.names[rows[row] ?? -1];
    if (tag !== undefined && book.digests.get(tag) === digest) tags.push(tag);
  }
  return tags;
}

/** `v`: begins a range at the cursor; pressed again, marks all tags in the range. */
export function range(model: Model): Model {
  if (model.repository?.anchor === undefined) {
    const begun = inRepository(model, (repository) => ({ ...repository, anchor: repository.list.cursor }));
    return say(begun, "move, then v or space marks the range; Esc drops it");
  }
  return inRepository(model, (repository) => marked(repository, rangeOf(repository)));
}

function marked(repository: RepositoryModel, tags: Iterable<Tag>): RepositoryModel {
  return { ...repository, marks: withMarks(repository.marks, tags), anchor: undefined };
}

function rangeOf({ anchor = 0, list, book }: RepositoryModel): readonly Tag[] {
  const tags: Tag[] = [];
  for (let row = Math.min(anchor, list.cursor); row <= Math.max(anchor, list.cursor); row++) {
    const tag = book.names[rowAt(list, row) ?? -1];
    if (tag !== undefined) tags.push(tag);
  }
  return tags;
}

/** ctrl-a: marks all tags that the filter shows. */
export function markAll(model: Model): Model {
  return inRepository(model, (repository) => marked(repository, shownTags(repository)));
}

/** `*`: toggles the marks of all tags that the filter shows. */
export function invert(model: Model): Model {
  return inRepository(model, (repository) => ({
    ...repository,
    marks: inverted(repository.marks, shownTags(repository)),
  }));
}

/** ctrl-n: removes all marks, also those that the filter hides. */
export function unmarkAll(model: Model): Model {
  return inRepository(model, (repository) => ({ ...repository, marks: noMarks, hiddenMarks: 0, anchor: undefined }));
}

function shownTags({ list, book }: RepositoryModel): readonly Tag[] {
  if (list.rows === undefined) return book.names;
  const tags: Tag[] = [];
  for (const place of list.rows) if (place >= 0) tags.push(book.names[place] as Tag);
  return tags;
}
