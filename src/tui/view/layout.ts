import type { Model, Pane } from "../model/model.ts";
import type { Area, Size } from "../screen/cells.ts";

/** Where the panes stand; a line above for the registry, two below for the status and the hints. */
export type Layout = { readonly panes: readonly PlacedPane[] } | "too small";

export interface PlacedPane extends Area {
  readonly pane: Pane;
}

const smallest: Size = { width: 40, height: 10 };

/** Three panes from 120 columns, two from 80, else the one that has the focus. */
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

/** Rows of a pane's list: what its box leaves, less the heading of its columns. */
function rowsOf({ height }: Pick<Size, "height">, pane: Pane): number {
  return Math.max(1, height - 2 - (pane === "tags" ? 1 : 0));
}

/** Rows of a list in a pane, whether it is shown or not. */
export function listHeight({ size }: Pick<Model, "size">, pane: Pane): number {
  return rowsOf({ height: Math.max(4, size.height - 3) }, pane);
}

/** The area of what lies over the panes as a whole page. */
export function pageArea({ width, height }: Size): Area {
  return { x: 0, y: 1, width, height: height - 3 };
}

/** Rows within the page's box. */
export function pageHeight({ height }: Size): number {
  return Math.max(1, height - 5);
}
