import type { Model } from "../model/model.ts";
import type { Cells, Size } from "../screen/cells.ts";
import { box, type Line, lines } from "./box.ts";
import { pageArea, pageHeight } from "./layout.ts";

/** A list that scrolls by entries of one or more lines; an entry's lines are made only when it is shown. */
export interface Entries {
  readonly length: number;
  readonly linesOf: (entry: number) => readonly Line[];
}

/** Fixed lines, and the entries that scroll below them. */
export interface Headed {
  readonly head: readonly Line[];
  readonly rest: Entries;
}

/** Draws head and entries as a page over the panes, with the position in the lower edge. */
export function drawHeaded(
  cells: Cells,
  { size, look }: Pick<Model, "size" | "look">,
  { title, head, rest, top }: Headed & { readonly title: string; readonly top: number },
): void {
  const height = entryRows(size, head);
  const shown = height + head.length > pageHeight(size) ? cut(head, pageHeight(size) - height) : head;
  const inner = box(cells, pageArea(size), look, { title, note: rangeOf(rest, top, height), hasFocus: true });
  lines(cells, { ...inner, height: shown.length }, shown, 0);
  lines(cells, { ...inner, y: inner.y + shown.length, height }, linesFrom(rest, top, height), 0);
}

/** The rows for entries below a head: never fewer than two, since what goes must be seen before it is confirmed. */
export function entryRows(size: Size, head: readonly Line[]): number {
  return Math.max(2, pageHeight(size) - head.length);
}

/** The last lines of a head, where there is no room for all: a word that is typed is among them. */
function cut(head: readonly Line[], height: number): readonly Line[] {
  return head.filter(({ text }) => text !== "").slice(-height);
}

/** The position such as `3-20 of 100000`; "" where all entries are shown. */
function rangeOf(entries: Entries, top: number, height: number): string {
  const first = Math.min(top, lastTop(entries, height));
  const end = below(entries, first, height);
  return first === 0 && end === entries.length ? "" : `${first + 1}-${end} of ${entries.length}`;
}

/** The lines that are shown when the window begins with the entry `top`. */
export function linesFrom(entries: Entries, top: number, height: number): readonly Line[] {
  const shown: Line[] = [];
  for (let entry = Math.min(top, lastTop(entries, height)); entry < entries.length && shown.length < height; entry++)
    shown.push(...entries.linesOf(entry));
  return shown.slice(0, height);
}

/** The first entry from which on all the rest fits into the window. */
export function lastTop(entries: Entries, height: number): number {
  return above(entries, entries.length, height);
}

/** The entry `height` lines further down, but at least the next one. */
export function below({ linesOf, length }: Entries, top: number, height: number): number {
  let entry = top;
  for (let left = height; entry < length; entry++) {
    left -= linesOf(entry).length;
    if (left < 0) break;
  }
  return Math.min(length, Math.max(entry, top + 1));
}

/** The entry `height` lines further up, but at least the previous one. */
export function above({ linesOf }: Entries, top: number, height: number): number {
  let entry = top;
  for (let left = height; entry > 0; entry--) {
    left -= linesOf(entry - 1).length;
    if (left < 0) break;
  }
  return Math.max(0, Math.min(entry, top - 1));
}
