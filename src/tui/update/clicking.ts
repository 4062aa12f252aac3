import { at } from "../model/list.ts";
import { type Model, withCursorOf } from "../model/model.ts";
import { layoutOf, type PlacedPane } from "../view/layout.ts";
import { focused } from "./panes.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A click: focuses the pane, and puts the cursor on the clicked row. */
export function click(model: Model, point: Point): Model {
  const layout = layoutOf(model);
  if (model.overlay !== undefined || layout === "too small") return model;
  const pane = layout.panes.find((one) => isWithin(one, point));
  if (pane === undefined) return model;
  const next = focused(model, pane.pane);
  return next.focus === pane.pane ? withCursor(next, pane, point.y) : next;
}

function isWithin({ x, y, width, height }: PlacedPane, point: Point): boolean {
  return point.x >= x && point.x < x + width && point.y > y && point.y < y + height - 1;
}

function withCursor(model: Model, { pane, y }: PlacedPane, clicked: number): Model {
  const { repositories, repository } = model;
  if (pane === "repositories") {
    const list = at(repositories.list, repositories.list.top + clicked - y - 1);
    return { ...model, repositories: { ...repositories, list } };
  }
  // the first line of the tags is the heading of their columns
  if (pane === "detail" || repository === undefined || clicked < y + 2) return model;
  const list = at(repository.list, repository.list.top + clicked - y - 2);
  return { ...model, repository: withCursorOf(repository, list) };
}
