import { columnsOf, glyphsOf, isSimple, isSimpleText } from "./glyphs.ts";
import { plain, type Style } from "./style.ts";

/** A size in cells of the terminal. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A screen as data, row by row: a glyph and a style for each cell; the right half of a wide glyph is "". */
export interface Cells extends Size {
  readonly glyphs: string[];
  readonly styles: Uint16Array;
}

/** A rectangle of the screen, counted from 0. */
export interface Area extends Size {
  readonly x: number;
  readonly y: number;
}

/** Makes a screen of blanks. */
export function blank({ width, height }: Size): Cells {
  return {
    width,
    height,
    glyphs: new Array<string>(width * height).fill(" "),
    styles: new Uint16Array(width * height),
  };
}

/** Writes a text from a cell up to the column `end`, cut with `…` where it is longer; returns the column after it. */
export function put(
  cells: Cells,
  { x, y, end = cells.width }: { readonly x: number; readonly y: number; readonly end?: number },
  text: string,
  style: Style = plain,
): number {
  const limit = Math.min(end, cells.width);
  if (y < 0 || y >= cells.height || x >= limit) return x;
  if (isSimpleText(text)) return putSimple(cells, { x, y, limit }, text, style);
  const fits = columnsOf(text) <= limit - x;
  let column = x;
  for (const glyph of glyphsOf(text)) {
    if (column + glyph.width > limit - (fits ? 0 : 1)) break;
    column = set(cells, { x: column, y }, glyph, style);
  }
  return fits ? column : set(cells, { x: column, y }, { text: "…", width: 1 }, style);
}

interface Row {
  readonly x: number;
  readonly y: number;
  readonly limit: number;
}

function putSimple(cells: Cells, { x, y, limit }: Row, text: string, style: Style): number {
  const room = limit - x;
  const length = Math.min(text.length, room);
  const start = y * cells.width + x;
  heal(cells, start, start + length);
  for (let index = 0; index < length; index++) {
    cells.glyphs[start + index] = text[index] as string;
    cells.styles[start + index] = style;
  }
  if (text.length > room) cells.glyphs[start + room - 1] = "…";
  return x + length;
}

function set(
  cells: Cells,
  { x, y }: { readonly x: number; readonly y: number },
  { text, width }: { readonly text: string; readonly width: 1 | 2 },
  style: Style,
): number {
  const at = y * cells.width + x;
  heal(cells, at, at + width);
  cells.glyphs[at] = text;
  cells.styles[at] = style;
  if (width === 2) {
    cells.glyphs[at + 1] = "";
    cells.styles[at + 1] = style;
  }
  return x + width;
}

/** Blanks the other half of a wide glyph of which one half is overwritten. */
function heal({ glyphs }: Cells, from: number, to: number): void {
  if (glyphs[from] === "") glyphs[from - 1] = " ";
  if (glyphs[to] === "") glyphs[to] = " ";
}

/** Makes an area blank, in a style. */
export function fill(cells: Cells, { x, y, width, height }: Area, style: Style = plain): void {
  for (let row = y; row < y + height; row++) {
    heal(cells, row * cells.width + x, row * cells.width + x + width);
    cells.glyphs.fill(" ", row * cells.width + x, row * cells.width + x + width);
    cells.styles.fill(style, row * cells.width + x, row * cells.width + x + width);
  }
}

/** Adds attributes to all cells of an area. */
export function restyle(cells: Cells, { x, y, width, height }: Area, style: Style): void {
  for (let row = y; row < y + height; row++)
    for (let column = x; column < x + width; column++) {
      const at = row * cells.width + column;
      cells.styles[at] = (cells.styles[at] ?? 0) | style;
    }
}

/** The screen as lines of text, without styles and without blanks at the end of a line. */
export function textOf(cells: Cells): string {
  return Array.from({ length: cells.height }, (_, y) =>
    cells.glyphs
      .slice(y * cells.width, (y + 1) * cells.width)
      .join("")
      .trimEnd(),
  ).join("\n");
}

/** True where terminals may disagree with us over the width of a glyph. */
export function isDisputable(glyph: string): boolean {
  return glyph.length !== 1 || !isSimple(glyph.charCodeAt(0));
}
