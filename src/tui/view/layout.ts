import type { Model, Pane } from "../model/model.ts";
import type { Area, Size } from "../screen/cells.ts";

/** The places of the panes; one line above is for the registry, two below are for status and keys. */
export type Layout = { readonly panes: readonly PlacedPane[] } | "too small";

/** A pane and its place on the screen. */
export interface PlacedPane extends Area {
  readonly pane: Pane;
}

const smallest: Size = { width: 40, height: 10 };

/** Three panes from 120 columns on, two from 80 on, else only the focused one. Below 40x10 the screen is too small. */
export function layoutOf({ size, focus, isZoomed }: Pick<Model, "size" | "focus" | "isZoomed">): Layout {
  if (size.width < smallest.width || size.height < smallest.height) return "too small";
  const height = size.height - 3;
  let x = 0;
  const panes = widthsOf(size, focus, isZoomed).map(([pane, width]) => {
    const placed = { pane, x, y: 1, width, height };
    x += width;
    return placed;
  });
  return { panes };
}

function widthsOf({ width }: Size, focus: Pane, isZoomed: boolean): readonly (readonly [Pane, number])[] {
  if (isZoomed || width < 80) return [[focus, width]];
  if (width < 120) {
    const first = focus === "repositories" ? Math.floor(width * 0.42) : Math.floor(width * 0.5);
    return focus === "repositories"
      ? [
          ["repositories", first],
          ["tags", width - first],
        ]
      : [
          ["tags", first],
          ["detail", width - first],
        ];
  }
  const repositories = Math.min(40, Math.floor(width * 0.22));
  const tags = Math.floor((width - repositories) * 0.53);
  return [
    ["repositories", repositories],
    ["tags", tags],
    ["detail", width - repositories - tags],
  ];
}

/** The rows of a pane's list: its height without the box and without the heading of the columns. */
function rowsOf({ height }: Pick<Size, "height">, pane: Pane): number {
  return Math.max(1, height - 2 - (pane === "tags" ? 1 : 0));
}

/** The rows of the list in a pane, also where the pane is not shown. */
export function listHeight({ size }: Pick<Model, "size">, pane: Pane): number {
  return rowsOf({ height: Math.max(4, size.height - 3) }, pane);
}

/** The area of an overlay that covers all panes. */
export function pageArea({ width, height }: Size): Area {
  return { x: 0, y: 1, width, height: height - 3 };
}

/** The rows within the box of such a page. */
export function pageHeight({ height }: Size): number {
  return Math.max(1, height - 5);
}

/** The columns for text within the box of a page or pane. */
export function textWidth({ width }: Pick<Size, "width">): number {
  return width - 4;
}
