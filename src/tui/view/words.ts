import { formatSize } from "../../support/format-size.ts";
import { type Glyph, glyphsOf } from "../screen/glyphs.ts";

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

/** Cuts a text into lines of so many columns, between words where there are any. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line: readonly Glyph[] = [];
  for (const glyph of glyphsOf(text)) {
    if (widthOf(line) + glyph.width > width) {
      const space = line.findLastIndex((one) => one.text === " ");
      const end = space > 0 ? space + 1 : line.length;
      lines.push(textOf(line.slice(0, end)).trimEnd());
      line = line.slice(end);
    }
    line = [...line, glyph];
  }
  return [...lines, textOf(line)];
}

function widthOf(line: readonly Glyph[]): number {
  return line.reduce((sum, { width }) => sum + width, 0);
}

function textOf(line: readonly Glyph[]): string {
  return line.map(({ text }) => text).join("");
}
