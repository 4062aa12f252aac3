import { formatSize } from "../../support/format-size.ts";
import { remembered } from "../model/remembered.ts";
import { type Glyph, glyphsOf, isSimpleText } from "../screen/glyphs.ts";

/** `3.4M`, for a column. */
export function shortSize(bytes: number): string {
  return formatSize(bytes).replace(/ (.)B?$/, "$1");
}

/** `sha256:` and the first twelve digits, as docker shows them. */
export function shortDigest(digest: string): string {
  return digest.replace(/^(\w+:\w{12})\w+$/, "$1");
}

/** `2026-11-20 14:03`, whatever zone it was written in. */
export function moment(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toISOString().slice(0, 16).replace("T", " ");
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** What a line about a tag has. */
export interface Room {
  readonly width: number;
  /** Columns that the names of the tags take. */
  readonly column: number;
}

/** Columns in which the names of these tags stand one below the other; the odd long one goes its own way. */
export const columnFor: (tags: readonly { readonly tag: string }[]) => number = remembered(
  (tags: readonly { readonly tag: string }[]) =>
    tags.reduce((most, { tag }) => Math.max(most, Math.min(tag.length, 24)), 0),
);

/** Cuts a text into lines of so many columns, between words where there are any. */
export function wrapped(text: string, width: number): readonly string[] {
  if (text.length <= width && isSimpleText(text)) return [text]; // nearly every line is one
  const lines: string[] = [];
  let line: Glyph[] = [];
  let columns = 0;
  for (const glyph of glyphsOf(text)) {
    if (columns + glyph.width > width) {
      const space = line.findLastIndex((one) => one.text === " ");
      // a long word, a path say, is cut rather than sent down from a line that it would leave nearly empty
      const end = space > line.length / 3 ? space + 1 : line.length;
      lines.push(textOf(line.slice(0, end)).trimEnd());
      line = line.slice(end);
      columns = widthOf(line);
    }
    line.push(glyph);
    columns += glyph.width;
  }
  return [...lines, textOf(line)];
}

function widthOf(line: readonly Glyph[]): number {
  return line.reduce((sum, { width }) => sum + width, 0);
}

function textOf(line: readonly Glyph[]): string {
  return line.map(({ text }) => text).join("");
}
