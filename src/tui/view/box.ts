import { type Area, type Cells, fill, put } from "../screen/cells.ts";
import type { Look } from "../screen/difference.ts";
import { columnsOf } from "../screen/glyphs.ts";
import { bold, cyan, dim, plain, type Style } from "../screen/style.ts";
import { wrapped } from "./words.ts";

const corners = { unicode: ["┌", "┐", "└", "┘", "─", "│"], ascii: ["+", "+", "+", "+", "-", "|"] } as const;

/** The signs of cursor and marks, so that colour is never the only sign. */
export function signs({ ascii }: Look): { readonly cursor: string; readonly mark: string } {
  return ascii ? { cursor: ">", mark: "*" } : { cursor: "▸", mark: "●" };
}

/** The title and look of a box. */
export interface Boxed {
  readonly title: string;
  /** A note at the right of the lower edge. */
  readonly note?: string;
  readonly hasFocus?: boolean;
}

/** Draws an empty box and returns the area within it. */
export function box(cells: Cells, area: Area, look: Look, { title, note = "", hasFocus = false }: Boxed): Area {
  const { x, y, width, height } = area;
  const [topLeft, topRight, bottomLeft, bottomRight, across, down] = corners[look.ascii ? "ascii" : "unicode"];
  const style = hasFocus ? plain : dim;
  fill(cells, area);
  put(cells, { x, y, end: x + width }, topLeft + across.repeat(width - 2) + topRight, style);
  for (let row = y + 1; row < y + height - 1; row++) {
    put(cells, { x, y: row }, down, style);
    put(cells, { x: x + width - 1, y: row }, down, style);
  }
  const last = y + height - 1;
  put(cells, { x, y: last, end: x + width }, bottomLeft + across.repeat(width - 2) + bottomRight, style);
  if (title !== "") put(cells, { x: x + 2, y, end: x + width - 2 }, ` ${title} `, hasFocus ? bold | cyan : plain);
  if (note !== "") {
    const columns = Math.min(columnsOf(note) + 2, width - 4);
    put(cells, { x: x + width - 2 - columns, y: last, end: x + width - 2 }, ` ${note} `, plain);
  }
  return { x: x + 1, y: y + 1, width: width - 2, height: height - 2 };
}

/** A line of text in a box. */
export interface Line {
  readonly text: string;
  readonly style?: Style;
  /** Columns by which it is indented; 0 by default. */
  readonly indent?: number;
}

/** Draws as many lines from `top` on as fit; where fewer are left, the last ones that fill the area. */
export function lines(cells: Cells, area: Area, all: readonly Line[], top: number): void {
  const first = Math.max(0, Math.min(top, all.length - area.height));
  for (const [row, { text, style = plain, indent = 0 }] of all.slice(first, first + area.height).entries()) {
    put(cells, { x: area.x + 1 + indent, y: area.y + row, end: area.x + area.width }, text, style);
  }
}

/** An area of this size in the middle of the screen, smaller where the screen is. */
export function centred(cells: Cells, { width, height }: { readonly width: number; readonly height: number }): Area {
  const wide = Math.min(width, cells.width - 4);
  const high = Math.min(height, cells.height - 2);
  return {
    x: Math.floor((cells.width - wide) / 2),
    y: Math.floor((cells.height - high) / 2),
    width: wide,
    height: high,
  };
}

/** A word followed by a wrapped text, whose further lines are indented under its first. */
export function hanging(
  word: string,
  text: string,
  { width, style = plain }: { readonly width: number; readonly style?: Style },
): readonly Line[] {
  const indent = columnsOf(word);
  const [first = "", ...rest] = wrapped(text, width - indent);
  return [{ text: word + first, style }, ...rest.map((line) => ({ text: line, style, indent }))];
}
