import { eastAsianWidth } from "get-east-asian-width";
import { printable } from "../../support/printable.ts";

/** A column of a table; it is aligned to the left by default. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Lays rows out in columns two spaces apart; cells are made safe for a terminal, and no line has trailing blanks. */
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

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length; // the usual case, and fast
  let width = 0;
  for (const character of text) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  return width;
}

function pad(text: string, width: number, align: Column["align"] = "left"): string {
  const space = " ".repeat(Math.max(width - widthOf(text), 0));
  return align === "right" ? space + text : text + space;
}
