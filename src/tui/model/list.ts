import { isNarrower, type Matches, matching } from "./matching.ts";
import { nameText } from "./name-text.ts";

/** A list with a cursor, of which a window is shown. It holds places in an array of names, not the names. */
export interface List {
  readonly filter: string;
  readonly isLoose: boolean;
  /**
   * The matches of the filter, and before them those of its beginnings: another letter searches only the last, a
   * deleted one brings back the one before.
   */
  readonly matched: readonly Matched[];
  /** For each row the place of its name; a negative one is a heading. Undefined stands for all names in their order. */
  readonly rows: Int32Array | undefined;
  readonly length: number;
  readonly cursor: number;
  /** The first row that is shown. */
  readonly top: number;
}

interface Matched extends Matches {
  readonly filter: string;
}

/** A list without rows and without a filter. */
export const emptyList: List = {
  filter: "",
  isLoose: false,
  matched: [],
  rows: undefined,
  length: 0,
  cursor: 0,
  top: 0,
};

/** The place of the name on a row, or a heading's negative number; undefined beyond the end. */
export function rowAt({ rows, length }: List, row: number): number | undefined {
  if (row < 0 || row >= length) return undefined;
  return rows === undefined ? row : rows[row];
}

/** The row of a name's place, or of a heading's negative number; -1 where it has none. */
export function rowOf({ rows, length }: Pick<List, "rows" | "length">, place: number): number {
  if (rows !== undefined) return rows.indexOf(place);
  return place >= 0 && place < length ? place : -1;
}

/** How a key moves the cursor or a window. */
export type Motion = "down" | "up" | "page-down" | "page-up" | "half-down" | "half-up" | "first" | "last";

/** Moves the cursor; `height` is the number of rows that are shown. */
export function moved(list: List, motion: Motion, height: number): List {
  const half = Math.max(1, Math.floor(height / 2));
  const page = Math.max(1, height - 1);
  const steps: Readonly<Record<Motion, number>> = {
    down: 1,
    up: -1,
    "page-down": page,
    "page-up": -page,
    "half-down": half,
    "half-up": -half,
    first: Number.NEGATIVE_INFINITY,
    last: Number.POSITIVE_INFINITY,
  };
  return at(list, list.cursor + steps[motion]);
}

/** Puts the cursor on a row, or on the nearest one that exists. */
export function at(list: List, row: number): List {
  const cursor = Math.max(0, Math.min(list.length - 1, row));
  return cursor === list.cursor ? list : { ...list, cursor };
}

/** Scrolls a window so that it contains the cursor. */
export function inView<Scrolled extends Pick<List, "cursor" | "top" | "length">>(
  list: Scrolled,
  height: number,
): Scrolled {
  const most = Math.max(0, list.length - height);
  const top = Math.max(Math.min(list.top, list.cursor, most), list.cursor - height + 1, 0);
  return top === list.top ? list : { ...list, top };
}

/** Filters the names and lists the matches in the order of their names. */
export function filtered(list: List, names: readonly string[], filter: string): List {
  const { places, ranks: all } = nameText(names); // also without a filter: the first letter must not wait for it
  if (filter.trim() === "") return { ...list, filter, isLoose: false, matched: [], rows: places, length: names.length };
  const beginnings = list.matched.filter((one) => isNarrower(one.filter, filter));
  const wider = beginnings.at(-1);
  const found = wider?.filter === filter ? wider : { filter, ...matching(names, filter, wider) };
  const matched = found === wider ? beginnings : [...beginnings, found];
  const { ranks, isLoose } = found;
  const rows = ranks === all ? places : places === undefined ? ranks : ranks.map((rank) => places[rank] as number);
  return { ...list, filter, isLoose, matched, rows, length: ranks.length };
}

/** The list without rows and matches, because its names have changed. */
export function emptied(list: List): List {
  return { ...list, matched: [], rows: undefined, length: 0 };
}

/** The list with other rows and the cursor on the same name, or near it. */
export function withRows(list: List, rows: Int32Array | undefined, length: number): List {
  const place = rowAt(list, list.cursor);
  const found = place === undefined ? -1 : rowOf({ rows, length }, place);
  return at({ ...list, rows, length }, found < 0 ? list.cursor : found);
}
