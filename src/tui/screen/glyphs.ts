import { eastAsianWidth } from "get-east-asian-width";
import { printable } from "../../support/printable.ts";

/** A grapheme cluster and the number of columns that it takes. */
export interface Glyph {
  readonly text: string;
  readonly width: 1 | 2;
}

/**
 * True for characters that every terminal draws in one column: printable ASCII, boxes, blocks and the signs in our
 * panes.
 */
export function isSimple(code: number): boolean {
  return (code >= 0x20 && code < 0x7f) || (code >= 0x2500 && code < 0x25a0) || own.has(code);
}

const own: ReadonlySet<number> = new Set(Array.from("…·●○▸▾✓✗→←↑↓×", (sign) => sign.charCodeAt(0)));

/**
 * True where a text consists of such characters, so that it needs no `Intl.Segmenter`, which takes some 16 µs a call.
 */
export function isSimpleText(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (!isSimple(text.charCodeAt(index))) return false;
  return true;
}

const segmenter = new Intl.Segmenter();
const known = new Map<string, readonly Glyph[]>();

/** Splits a text into glyphs; control and invisible characters are written out as `\u{…}`. */
export function glyphsOf(text: string): readonly Glyph[] {
  const found = known.get(text);
  if (found !== undefined) return found;
  const glyphs = Array.from(segmenter.segment(printable(text)), ({ segment }) => {
    return { text: segment, width: widthOf(segment) } as const;
  });
  if (known.size > 2_000) known.clear();
  known.set(text, glyphs);
  return glyphs;
}

/** The number of columns that a text takes. */
export function columnsOf(text: string): number {
  if (isSimpleText(text)) return text.length;
  return glyphsOf(text).reduce((sum, { width }) => sum + width, 0);
}

/** The width as terminals count it: the sum over code points, with 0 for marks, and at most 2. */
function widthOf(segment: string): 1 | 2 {
  let columns = 0;
  for (const point of segment) if (!/\p{Mark}/u.test(point)) columns += eastAsianWidth(point.codePointAt(0) ?? 0x20);
  return columns > 1 ? 2 : 1;
}
