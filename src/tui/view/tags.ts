import type { Tag } from "../../registry/names.ts";
import { isMarked } from "../model/marks.ts";
import type { Model, RepositoryModel } from "../model/model.ts";
import { type Area, type Cells, put } from "../screen/cells.ts";
import { columnsOf } from "../screen/glyphs.ts";
import { bold, dim, plain, red } from "../screen/style.ts";
import { box, type Line, lines } from "./box.ts";
import { countOf, drawRows, filterNote } from "./list.ts";
import { paragraph, troubleLines, waitingLines } from "./listing.ts";
import { counted, shortDigest, shortSize } from "./words.ts";

/** Draws the tags of the open repository, each with what is known of it so far. */
export function drawTags(cells: Cells, area: Area, model: Model): void {
  const { repository, focus, look } = model;
  const hasFocus = focus === "tags";
  if (repository === undefined) {
    const inner = box(cells, area, look, { title: "2 Tags", hasFocus });
    lines(cells, inner, [{ text: "Enter opens a repository", style: dim }], 0);
    return;
  }
  const inner = box(cells, area, look, { title: titleOf(repository), note: noteOf(repository), hasFocus });
  if (repository.list.length === 0) lines(cells, inner, emptyLines(model, repository, inner.width - 2), 0);
  else drawList(cells, inner, model, repository);
}

function drawList(cells: Cells, inner: Area, { look, focus }: Model, repository: RepositoryModel): void {
  const columns = columnsFor(inner.width, repository);
  drawHeading(cells, inner, columns, repository);
  const { list, book, marks, anchor } = repository;
  const [from, to] = [Math.min(anchor ?? -1, list.cursor), Math.max(anchor ?? -1, list.cursor)];
  drawRows(
    cells,
    { ...inner, y: inner.y + 1, height: inner.height - 1 },
    {
      list,
      look,
      hasFocus: focus === "tags",
      isMarked: (place, row) =>
        place >= 0 && (isMarked(marks, book.names[place] as Tag) || (anchor !== undefined && row >= from && row <= to)),
      draw: (place, at) =>
        place < 0 ? drawGroup(cells, at, repository, place) : drawTag(cells, at, repository, { place, columns }),
    },
  );
}

interface At {
  readonly x: number;
  readonly y: number;
  readonly end: number;
}

/** The beginnings of the columns, counted from the right; undefined where there is no room for one. */
interface Columns {
  readonly created: number | undefined;
  readonly size: number | undefined;
  readonly shared: number;
  /** The end of the names. */
  readonly names: number;
}

/** The columns that fit; where there is room for only one of created and size, the one that the tags are sorted by. */
function columnsFor(width: number, { sort }: RepositoryModel): Columns {
  if (width >= 44) return { created: 25, size: 14, shared: 6, names: 26 };
  return sort === "newest"
    ? { created: 17, size: undefined, shared: 6, names: 18 }
    : { created: undefined, size: 14, shared: 6, names: 15 };
}

function drawHeading(
  cells: Cells,
  area: Area,
  { created, size, shared }: Columns,
  { sort, isGrouped }: RepositoryModel,
): void {
  const end = area.x + area.width;
  put(
    cells,
    { x: area.x + 2, y: area.y, end },
    isGrouped ? "MANIFEST, TAG" : `TAG${sort === "name" ? "" : `, ${sort} first`}`,
    dim,
  );
  if (isGrouped) return; // the headings of the groups show all that
  if (created !== undefined) put(cells, { x: end - created, y: area.y, end }, "CREATED", dim);
  if (size !== undefined) put(cells, { x: end - size + 3, y: area.y, end }, "SIZE", dim);
  put(cells, { x: end - shared, y: area.y, end }, "SHARE", dim);
}

function drawTag(
  cells: Cells,
  { x, y, end }: At,
  { book, isGrouped }: RepositoryModel,
  { place, columns: { created, size, shared, names } }: { readonly place: number; readonly columns: Columns },
): void {
  const tag = book.names[place];
  if (tag === undefined) return;
  const indent = isGrouped ? 2 : 0;
  const isTold = isGrouped && book.digests.has(tag); // shown in the heading
  put(cells, { x: x + indent, y, end: isTold ? end : end - names }, tag);
  if (isTold) return;
  const digest = book.digests.get(tag);
  if (digest === undefined) {
    if (book.digests.has(tag)) put(cells, { x: end - unreadable.length, y, end }, unreadable, red);
    return;
  }
  const facts = book.facts.get(digest);
  if (created !== undefined && facts?.created !== undefined)
    put(cells, { x: end - created, y, end }, facts.created.slice(0, 10));
  if (size !== undefined && facts?.size !== undefined)
    right(cells, { x: end - size, y, end: end - size + 7 }, shortSize(facts.size));
  const count = book.sharers.get(digest)?.length ?? 1;
  if (count > 1) right(cells, { x: end - shared, y, end: end - 1 }, `×${count}`);
}

const unreadable = "cannot be read";

/** Draws the heading of a manifest above its tags. */
function drawGroup(cells: Cells, at: At, { book, groups }: RepositoryModel, heading: number): void {
  const digest = groups[-1 - heading];
  if (digest === undefined) {
    put(cells, at, "not read yet, or not readable", dim);
    return;
  }
  const facts = book.facts.get(digest);
  const tags = counted(book.sharers.get(digest)?.length ?? 1, "tag");
  const size = facts?.size === undefined ? "" : shortSize(facts.size);
  const { platforms = [] } = facts ?? {};
  const runs = platforms.length > 1 ? counted(platforms.length, "platform") : (platforms[0] ?? "");
  put(cells, at, `${shortDigest(digest)}  ${tags.padEnd(7)}  ${size.padStart(5)}  ${runs}`.trimEnd(), bold);
}

function right(cells: Cells, { x, y, end }: At, text: string, style = plain): void {
  put(cells, { x: Math.max(x, end - columnsOf(text)), y, end }, text, style);
}

function titleOf({ name, list, book, listing }: RepositoryModel): string {
  return `2 ${name} ${countOf(list, book.names.length)}${listing === "running" ? "…" : ""}`;
}

/** A note with the filter and the number of marked tags, those that the filter hides included. */
function noteOf({ marks, hiddenMarks, list }: RepositoryModel): string {
  const hidden = hiddenMarks > 0 ? `, ${hiddenMarks} of them hidden` : "";
  const marked = marks.size > 0 ? `${marks.size} marked${hidden}` : "";
  return [filterNote(list), marked].filter((part) => part !== "").join("  ");
}

function emptyLines(model: Model, { trouble, listing, book }: RepositoryModel, width: number): readonly Line[] {
  if (trouble !== undefined) return troubleLines(trouble, width, "R tries again");
  if (listing !== "done") return waitingLines(model, "tags", width);
  const why = book.names.length === 0 ? "this repository has no tags" : "no tag has this; Esc clears the filter";
  return paragraph(why, width);
}
