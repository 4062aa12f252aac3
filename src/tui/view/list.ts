import { type List, rowAt } from "../model/list.ts";
import { type Area, type Cells, put, restyle } from "../screen/cells.ts";
import type { Look } from "../screen/difference.ts";
import { bold, plain, reverse, yellow } from "../screen/style.ts";
import { signs } from "./box.ts";

/** A list and how its rows are drawn; a `place` is that of the name, negative for a heading. */
export interface Rows {
  readonly list: List;
  readonly look: Look;
  readonly hasFocus: boolean;
  readonly isMarked: (place: number, row: number) => boolean;
  /** Draws one row from `x` on. */
  readonly draw: (place: number, row: { readonly x: number; readonly y: number; readonly end: number }) => void;
}

/** Draws the rows in a list's window: a sign for the cursor, one for a mark, then the row itself. */
export function drawRows(cells: Cells, area: Area, { list, look, hasFocus, isMarked, draw }: Rows): void {
  const { cursor, mark } = signs(look);
  for (let line = 0; line < area.height; line++) {
    const row = list.top + line;
    const place = rowAt(list, row);
    if (place === undefined) return;
    const y = area.y + line;
    const end = area.x + area.width;
    const marked = isMarked(place, row);
    put(cells, { x: area.x, y, end }, row === list.cursor ? cursor : " ", plain);
    put(cells, { x: area.x + 1, y, end }, marked ? mark : " ", marked ? bold | yellow : plain);
    draw(place, { x: area.x + 2, y, end });
    if (row === list.cursor) restyle(cells, { ...area, y, height: 1 }, hasFocus ? reverse : bold);
  }
}

/** `12 of 5000` under a filter, else the number of all. */
export function countOf(list: List, all: number): string {
  return list.filter.trim() === "" ? `${all}` : `${list.length} of ${all}`;
}

/** The filter as a note for the box; "" for none. */
export function filterNote({ filter, isLoose }: List): string {
  return filter === "" ? "" : `/${filter}${isLoose ? " (with gaps)" : ""}`;
}
