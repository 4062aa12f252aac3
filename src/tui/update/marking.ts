import type { Tag } from "../../registry/names.ts";
import { moved, rowAt } from "../model/list.ts";
import { inverted, isMarked, noMarks, toggled, withMarks, withoutMarks } from "../model/marks.ts";
import { type Model, type RepositoryModel, tagAtCursor } from "../model/model.ts";
import { listHeight } from "../view/layout.ts";
import { inRepository, say } from "./changing.ts";
import { tagsUnder } from "./listing.ts";

// No key here marks what the filter hides, so that `hiddenMarks` stays what it is.

/** Space: a tag, all tags under a heading, or the range that was begun; then the cursor moves on. */
export function mark(model: Model): Model {
  return inRepository(model, (repository) => {
    if (repository.anchor !== undefined) return marked(repository, rangeOf(repository));
    const tag = tagAtCursor(repository);
    const marks = tag === undefined ? markedGroup(repository) : toggled(repository.marks, tag);
    const list = moved(repository.list, "down", listHeight(model, "tags"));
    return { ...repository, marks, list };
  });
}

/** A heading marks all its tags; where they all are, it takes the marks away. */
function markedGroup(repository: RepositoryModel): RepositoryModel["marks"] {
  const { list, marks } = repository;
  const heading = rowAt(list, list.cursor);
  if (heading === undefined) return marks;
  const tags = tagsUnder(repository, heading);
  return tags.every((tag) => isMarked(marks, tag)) ? withoutMarks(marks, tags) : withMarks(marks, tags);
}

/** `v`: the range begins at the cursor; again marks what lies between. */
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

/** ctrl-a: all that the filter shows. */
export function markAll(model: Model): Model {
  return inRepository(model, (repository) => marked(repository, shownTags(repository)));
}

/** `*`: what is marked no longer is, and the other way round, in what the filter shows. */
export function invert(model: Model): Model {
  return inRepository(model, (repository) => ({
    ...repository,
    marks: inverted(repository.marks, shownTags(repository)),
  }));
}

export function unmarkAll(model: Model): Model {
  return inRepository(model, (repository) => ({ ...repository, marks: noMarks, hiddenMarks: 0, anchor: undefined }));
}

function shownTags({ list, book }: RepositoryModel): readonly Tag[] {
  if (list.rows === undefined) return book.names;
  const tags: Tag[] = [];
  for (const place of list.rows) if (place >= 0) tags.push(book.names[place] as Tag);
  return tags;
}
