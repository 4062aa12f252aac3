import { isNarrower, type Matches, matching } from "./matching.ts";
import { nameText } from "./name-text.ts";

/** A list of any length of which a window is shown: places in an array of names, not names. */
export interface List {
  readonly filter: string;
  readonly isLoose: boolean;
  /** What the filter left, and before it what its beginnings left: a letter more looks at the last alone where that can be, one less brings back the one before. */
  readonly matched: readonly Matched[];
  /** Places of the names in their array; negative ones are headings; undefined stands for all names as they came. */
  readonly rows: Int32Array | undefined;
  readonly length: number;
  readonly cursor: number;
  /** The first row shown. */
  readonly top: number;
}

interface Matched extends Matches {
  readonly filter: string;
}

export const emptyList: List = {
  filter: "",
  isLoose: false,
  matched: [],
  rows: undefined,
  length: 0,
  cursor: 0,
  top: 0,
};

/** The place of the name on a row; undefined beyond the end. */
export function rowAt({ rows, length }: List, row: number): number | undefined {
  if (row < 0 || row >= length) return undefined;
  return rows === undefined ? row : rows[row];
}

export type Motion = "down" | "up" | "page-down" | "page-up" | "half-down" | "half-up" | "first" | "last";

/** Moves the cursor; `height` is how many rows are shown. */
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

/** Puts the cursor on a row, or on the nearest there is. */
export function at(list: List, row: number): List {
  const cursor = Math.max(0, Math.min(list.length - 1, row));
  return cursor === list.cursor ? list : { ...list, cursor };
}

/** Moves the window so that the cursor is in it. */
export function inView(list: List, height: number): List {
  const most = Math.max(0, list.length - height);
  const top = Math.max(Math.min(list.top, list.cursor, most), list.cursor - height + 1, 0);
  return top === list.top ? list : { ...list, top };
}

/** Filters, by name. */
export function filtered(list: List, names: readonly string[], filter: string): List {
  const { places, ranks: all } = nameText(names); // when the names come, so that the first letter need not wait for it
  if (filter.trim() === "") return { ...list, filter, isLoose: false, matched: [], rows: places, length: names.length };
  const beginnings = list.matched.filter((one) => isNarrower(one.filter, filter));
  const wider = beginnings.at(-1);
  const found = wider?.filter === filter ? wider : { filter, ...matching(names, filter, wider) };
  const matched = found === wider ? beginnings : [...beginnings, found];
  const { ranks, isLoose } = found;
  const rows = ranks === all ? places : places === undefined ? ranks : ranks.map((rank) => places[rank] as number);
  return { ...list, filter, isLoose, matched, rows, length: ranks.length };
}

/** The list without rows: from now on its names are others. */
export function emptied(list: List): List {
  return { ...list, matched: [], rows: undefined, length: 0 };
}

/** The list with other rows, the cursor on the name where it was, or near it. */
export function withRows(list: List, rows: Int32Array | undefined, length: number): List {
  const name = rowAt(list, list.cursor);
  const found = name === undefined ? -1 : rows === undefined ? name : rows.indexOf(name);
  return at({ ...list, rows, length }, found < 0 ? list.cursor : found);
}
