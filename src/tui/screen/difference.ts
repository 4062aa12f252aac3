import { type Cells, isDisputable } from "./cells.ts";
import { type Style, sgr } from "./style.ts";

export interface Terminal {
  readonly colour: boolean;
  /** Only ASCII is drawn: the terminal or its locale knows no other. */
  readonly ascii: boolean;
}

/** So many unchanged cells are written again rather than jumped over: a jump takes as many bytes. */
const shortGap = 4;

/**
 * The bytes that turn one screen into the next; all of it where there is none before. Nothing is erased first, so
 * that every prefix is a screen of which each cell is as before or as it will be.
 */
export function difference(before: Cells | undefined, after: Cells, terminal: Terminal): string {
  const old = before?.width === after.width && before.height === after.height ? before : undefined;
  const pen: Pen = { x: -1, y: -1, style: -1, out: [], terminal };
  for (let y = 0; y < after.height; y++) drawRow(pen, old, after, y);
  if (pen.style > 0) pen.out.push("\u001b[m");
  return pen.out.join("");
}

interface Pen {
  /** Where the terminal's cursor is; -1 where that is not certain. */
  x: number;
  y: number;
  style: Style;
  readonly out: string[];
  readonly terminal: Terminal;
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
      pen.out.push(`\u001b[${blanks}X`); // cells become blank where they stand: shorter than so many spaces
      x += blanks - 1;
    }
  }
}

/** From so many blanks on one sequence is shorter, with the jump over them. */
const longBlank = 12;

/** How many cells from here on become blank, and were not. */
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

/** True for cells that can be written again with the pen as it is. */
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
  const shown = pen.terminal.ascii ? asciiFor(glyph, columns) : glyph;
  // a terminal that draws it narrow would leave what stood in the second column
  if (isWide && shown === glyph) pen.out.push(`${place(pen, pen.x + 1)} ${place(pen, pen.x)}`);
  pen.out.push(shown);
  pen.x += columns;
  // in the last column terminals differ over where the cursor is then, and after a wide glyph over its width
  if (pen.x >= width || (shown === glyph && isDisputable(glyph))) pen.x = -1;
}

function takeStyle(pen: Pen, style: Style): void {
  if (style === pen.style) return;
  // a pen that was never set is that of a fresh terminal
  if (style !== 0 || pen.style > 0) pen.out.push(sgr(style, pen.terminal));
  pen.style = style;
}

/** Signs of our own panes. */
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
