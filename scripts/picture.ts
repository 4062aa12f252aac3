import { writeFileSync } from "node:fs";
import type { Cells } from "../src/tui/screen/cells.ts";
import { bold, colourOf, dim, plain, reverse, type Style } from "../src/tui/screen/style.ts";
import { view } from "../src/tui/view.ts";
import { example, planFor, played } from "../test/tui/example.ts";

const page = new URL("../docs/tui.svg", import.meta.url);
const cell = { width: 8.4, height: 18 };
const edge = 12;
const paper = "#1d1f21";
const ink = "#c5c8c6";
const colours = ["#1d1f21", "#cc6666", "#b5bd68", "#f0c674", "#81a2be", "#b294bb", "#8abeb7", "#c5c8c6"];

/** A screen as a picture: each run of one style a text of its own. */
function pictureOf(cells: Cells, title: string): string {
  const width = cells.width * cell.width + 2 * edge;
  const height = cells.height * cell.height + 2 * edge;
  const runs = Array.from({ length: cells.height }, (_, y) =>
    runsOf(cells, y)
      .map((run) => drawRun(run, y))
      .join(""),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height}" font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14">`,
    `<title>${title}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${paper}"/>`,
    ...runs.filter((run) => run !== ""),
    "</svg>\n",
  ].join("\n");
}

interface Run {
  readonly x: number;
  readonly text: string;
  readonly columns: number;
  readonly style: Style;
}

function runsOf({ glyphs, styles, width }: Cells, y: number): readonly Run[] {
  const runs: Run[] = [];
  for (let x = 0; x < width; x++) {
    const [glyph = " ", style = plain] = [glyphs[y * width + x], styles[y * width + x]];
    const last = runs.at(-1);
    if (last !== undefined && last.style === style)
      runs[runs.length - 1] = { ...last, text: last.text + glyph, columns: last.columns + 1 };
    else runs.push({ x, text: glyph, columns: 1, style });
  }
  return runs.filter(({ text, style }) => text.trim() !== "" || style & reverse);
}

function drawRun({ x, text, columns, style }: Run, y: number): string {
  const front = colours[colourOf(style) - 1] ?? ink;
  const [fill, behind] = style & reverse ? [paper, front] : [front, undefined];
  const left = (edge + x * cell.width).toFixed(1);
  const top = edge + y * cell.height;
  const length = (columns * cell.width).toFixed(1);
  const rectangle =
    behind === undefined
      ? ""
      : `<rect x="${left}" y="${top}" width="${length}" height="${cell.height}" fill="${behind}"/>`;
  const marks = [style & bold ? ' font-weight="bold"' : "", style & dim ? ' opacity="0.6"' : ""].join("");
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `${rectangle}<text x="${left}" y="${top + 14}" textLength="${length}" fill="${fill}"${marks} xml:space="preserve">${escaped}</text>`;
}

/** The picture of the README: two of three tags that share a manifest are marked. */
export function readmePicture(): string {
  const { model } = played(example({ width: 120, height: 26 }), "space", "space");
  return pictureOf(view(model), "The tags of a repository, and who shares a manifest with whom");
}

/** The preview of a removal. */
export function previewPicture(): string {
  const chosen = played(example({ width: 120, height: 16 }), "space", "space", "G", "space", "d").model;
  const planned = { is: "planned", job: 2, plan: planFor("1.4", "1.4.0", "nightly-2026-11-20") } as const;
  return pictureOf(view(played(chosen, planned).model), "The preview of a removal");
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  writeFileSync(page, readmePicture());
  writeFileSync(new URL("tui-preview.svg", page), previewPicture());
}
