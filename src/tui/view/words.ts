import { formatSize } from "../../support/format-size.ts";
import type { Job } from "../model/job.ts";
import { remembered } from "../model/remembered.ts";
import { type Glyph, glyphsOf, isSimpleText } from "../screen/glyphs.ts";

/** A size such as `3.4M`, for a column. */
export function shortSize(bytes: number): string {
  return formatSize(bytes).replace(/ (.)B?$/, "$1");
}

/** A digest as `sha256:` and its first twelve digits, as docker shows it. */
export function shortDigest(digest: string): string {
  return digest.replace(/^(\w+:\w{12})\w+$/, "$1");
}

/** A time such as `2026-11-20 14:03`, in UTC; an invalid time is shown as it is. */
export function moment(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toISOString().slice(0, 16).replace("T", " ");
}

/** A number with its noun, such as `1 tag` or `2 tags`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** How much of a whole is done, in percent, rounded down. */
export function percent(done: number, total: number): string {
  return `${Math.floor((100 * done) / Math.max(1, total))} %`;
}

/** How far a job is, such as ` 3 of 8`; "" where its steps are not counted. */
export function doneOf({ done, total }: Pick<Job, "done" | "total">): string {
  return total > 1 ? ` ${done} of ${total}` : "";
}

/** The space for a line about a tag. */
export interface Room {
  readonly width: number;
  /** The columns for the names of the tags. */
  readonly column: number;
}

/** The width of a column for the names of these tags, at most 24; longer names stick out. */
export const columnFor: (tags: readonly { readonly tag: string }[]) => number = remembered(
  (tags: readonly { readonly tag: string }[]) =>
    tags.reduce((most, { tag }) => Math.max(most, Math.min(tag.length, 24)), 0),
);

/** Wraps a text into lines of at most `width` columns, between words where possible. */
export function wrapped(text: string, width: number): readonly string[] {
  if (text.length <= width && isSimpleText(text)) return [text]; // the usual case
  const lines: string[] = [];
  let line: Glyph[] = [];
  let columns = 0;
  for (const glyph of glyphsOf(text)) {
    if (columns + glyph.width > width) {
      const space = line.findLastIndex((one) => one.text === " ");
      // a long word, such as a path, is cut where moving it down would leave the line nearly empty
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
