import type { Area, Cells } from "../screen/cells.ts";
import { type Line, lines } from "./box.ts";

/** What scrolls by entries, each of one or more lines; an entry is laid out only where it is looked at. */
export interface Entries {
  readonly length: number;
  readonly linesOf: (entry: number) => readonly Line[];
}

/** Lines that stay, and what scrolls under them. */
export interface Headed {
  readonly head: readonly Line[];
  readonly rest: Entries;
}

/** Draws both; of what scrolls only what is seen is laid out. */
export function drawHeaded(cells: Cells, area: Area, { head, rest }: Headed, top: number): void {
  const height = area.height - head.length;
  lines(cells, { ...area, height: head.length }, head, 0);
  lines(cells, { ...area, y: area.y + head.length, height }, linesFrom(rest, top, height), 0);
}

/** The lines that are shown from an entry on. */
export function linesFrom(entries: Entries, top: number, height: number): readonly Line[] {
  const shown: Line[] = [];
  for (let entry = Math.min(top, lastTop(entries, height)); entry < entries.length && shown.length < height; entry++)
    shown.push(...entries.linesOf(entry));
  return shown.slice(0, height);
}

/** The entry from which on all that follow fit. */
export function lastTop(entries: Entries, height: number): number {
  return above(entries, entries.length, height);
}

/** The entry that many lines further down, or the next one where it is taller. */
export function below({ linesOf, length }: Entries, top: number, height: number): number {
  let entry = top;
  for (let left = height; entry < length; entry++) {
    left -= linesOf(entry).length;
    if (left < 0) break;
  }
  return Math.min(length, Math.max(entry, top + 1));
}

/** The entry that many lines further up, or the one before where it is taller. */
export function above({ linesOf }: Entries, top: number, height: number): number {
  let entry = top;
  for (let left = height; entry > 0; entry--) {
    left -= linesOf(entry - 1).length;
    if (left < 0) break;
  }
  return Math.max(0, Math.min(entry, top - 1));
}
