import { type Cells, isDisputable } from "./cells.ts";
import { type Style, sgr } from "./style.ts";

/** How the screen is drawn, by what the terminal supports. */
export interface Look {
  readonly colour: boolean;
  /** True to draw only ASCII, where the terminal or its locale knows nothing else. */
  readonly ascii: boolean;
}

/** Up to this many unchanged cells are written again, since moving the cursor over them takes as many bytes. */
const shortGap = 4;

/**
 * The bytes that turn one screen into the next; without `before`, the whole screen. Nothing is erased first, so that at
 * any moment each cell shows either the old or the new screen.
 */
export function difference(before: Cells | undefined, after: Cells, look: Look): string {
  const old = before?.width === after.width && before.height === after.height ? before : undefined;
  const pen: Pen = { x: -1, y: -1, style: -1, out: [], look };
  for (let y = 0; y < after.height; y++) drawRow(pen, old, after, y);
  if (pen.style > 0) pen.out.push("\u001b[m");
  return pen.out.join("");
}

interface Pen {
  /** The terminal's cursor; `x` is -1 where it is not certain. */
  x: number;
  y: number;
  style: Style;
  readonly out: string[];
  readonly look: Look;
}

function drawRow(pen: Pen, before: Cells | undefined, after: Cells, y: number): void {
  const start = y * after.width;
  for (let x = 0; x < after.width; x++) {
    const at = start + x;
    const glyph = after.glyphs[at] ?? " ";
    if (glyph === "" || (before !== undefined && isSame(before, after, at))) continue;
    moveTo(pen, after, x, y);
    const blanks = blanksFrom(before, after, at, start + after.width);
    if (blanks < longBlank) drawGlyph(pen, after, at);
    else {
      takeStyle(pen, 0);
      pen.out.push(`\u001b[${blanks}X`); // ECH blanks cells in place, in fewer bytes than spaces
      x += blanks - 1;
    }
  }
}

/** From this many blanks on, ECH and a jump of the cursor are shorter than spaces. */
const longBlank = 12;

/** How many successive cells from here on change to blank. */
function blanksFrom(before: Cells | undefined, after: Cells, from: number, end: number): number {
  const { glyphs, styles } = after;
  let at = from;
  while (at < end && glyphs[at] === " " && styles[at] === 0 && !(before && isSame(before, after, at))) at++;
  return at - from;
}

function isSame(before: Cells, after: Cells, at: number): boolean {
  return (
    before.glyphs[at] === after.glyphs[at] &&
    before.styles[at] === after.styles[at] &&
    (before.glyphs[at + 1] === "") === (after.glyphs[at + 1] === "")
  );
}

function moveTo(pen: Pen, after: Cells, x: number, y: number): void {
  if (pen.y === y && pen.x === x) return;
  const gap = pen.y === y && pen.x >= 0 ? x - pen.x : -1;
  if (gap > 0 && gap <= shortGap && isPlainRun(pen, after, y * after.width + pen.x, gap)) {
    for (let left = gap; left > 0; left--) drawGlyph(pen, after, y * after.width + pen.x);
  } else if (gap > 0) pen.out.push(gap === 1 ? "\u001b[C" : `\u001b[${gap}C`);
  else pen.out.push(place({ y }, x));
  [pen.x, pen.y] = [x, y];
}

function place({ y }: Pick<Pen, "y">, x: number): string {
  return x === 0 ? `\u001b[${y + 1}H` : `\u001b[${y + 1};${x + 1}H`;
}

/** True for cells that can be written again in the current style. */
function isPlainRun(pen: Pen, { glyphs, styles }: Cells, from: number, length: number): boolean {
  for (let at = from; at < from + length; at++)
    if (styles[at] !== pen.style || isDisputable(glyphs[at] ?? "")) return false;
  return true;
}

function drawGlyph(pen: Pen, { glyphs, styles, width }: Cells, at: number): void {
  const glyph = glyphs[at] ?? " ";
  const style = styles[at] ?? 0;
  takeStyle(pen, style);
  const isWide = glyphs[at + 1] === "";
  const columns = isWide ? 2 : 1;
  const shown = pen.look.ascii ? asciiFor(glyph, columns) : glyph;
  // clears the second column first, for a terminal that draws the glyph narrow
  if (isWide && shown === glyph) pen.out.push(`${place(pen, pen.x + 1)} ${place(pen, pen.x)}`);
  pen.out.push(shown);
  pen.x += columns;
  // terminals differ over the cursor after the last column, and over the width of some glyphs
  if (pen.x >= width || (shown === glyph && isDisputable(glyph))) pen.x = -1;
}

function takeStyle(pen: Pen, style: Style): void {
  if (style === pen.style) return;
  // at the beginning the terminal's style is plain
  if (style !== 0 || pen.style > 0) pen.out.push(sgr(style, pen.look));
  pen.style = style;
}

/** ASCII for the signs in our panes. */
const asciiSigns: Readonly<Record<string, string>> = {
  "×": "x",
  "…": "~",
  "·": "-",
  "→": ">",
  "←": "<",
  "↑": "^",
  "↓": "v",
};

function asciiFor(glyph: string, columns: number): string {
  return asciiSigns[glyph] ?? (isDisputable(glyph) || glyph > "\u007e" ? "?".repeat(columns) : glyph);
}
