import { eastAsianWidth } from "get-east-asian-width";
import { printable } from "../../support/printable.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Lays rows out in columns, two spaces apart; every cell is made fit for a terminal, the last one is not padded. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_, index) =>
    cells.reduce((widest, row) => Math.max(widest, widthOf(row[index] ?? "")), 0),
  );
  return cells
    .map((row) =>
      columns
        .map(({ align }, index) => pad(row[index] ?? "", widths[index] ?? 0, align))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** How many cells of a terminal a text takes. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length; // most of a hundred thousand rows
  let width = 0;
  for (const character of text) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  return width;
}

function pad(text: string, width: number, align: Column["align"] = "left"): string {
  const space = " ".repeat(Math.max(width - widthOf(text), 0));
  return align === "right" ? space + text : text + space;
}
