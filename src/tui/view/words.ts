import { glyphsOf } from "../screen/glyphs.ts";

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** `3.4 MB`, as docker counts: a thousand bytes are a kilobyte. */
export function longSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`;
}

/** `3.4M`, for a column. */
export function shortSize(bytes: number): string {
  return longSize(bytes).replace(/ (.)B?$/, "$1");
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

/** Cuts a text into lines of so many columns. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  let columns = 0;
  for (const glyph of glyphsOf(text)) {
    if (columns + glyph.width > width) {
      lines.push(line);
      line = "";
      columns = 0;
    }
    line += glyph.text;
    columns += glyph.width;
  }
  return [...lines, line];
}
