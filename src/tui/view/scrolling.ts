import type { Motion } from "../model/list.ts";
import type { Model } from "../model/model.ts";
import type { PageOverlay, PreviewOverlay, ResultOverlay } from "../model/overlays.ts";
import { detailLines } from "./detail.ts";
import { above, below, entryRows, lastTop } from "./entries.ts";
import { layoutOf, listHeight, pageHeight, textWidth } from "./layout.ts";
import { contentOf } from "./pages.ts";
import { previewLines } from "./preview.ts";
import { resultLines } from "./result.ts";

/** The last line that a page can begin with and still be full. */
export function lastPageTop(model: Model, page: PageOverlay): number {
  const { lines } = contentOf(model, page, textWidth(model.size));
  return Math.max(0, lines.length - pageHeight(model.size));
}

/** The entry at the top after a motion; lines are made only for the entries that are passed. */
export function scrolledEntries(model: Model, overlay: PreviewOverlay | ResultOverlay, motion: Motion): number {
  const width = textWidth(model.size);
  const { head, rest } = overlay.is === "preview" ? previewLines(model, overlay, width) : resultLines(overlay, width);
  const height = entryRows(model.size, head);
  const last = lastTop(rest, height);
  const top = Math.min(overlay.top, last);
  const page = height - 1;
  const half = Math.max(1, Math.floor(height / 2));
  const tops: Readonly<Record<Motion, () => number>> = {
    down: () => top + 1,
    up: () => top - 1,
    "page-down": () => below(rest, top, page),
    "page-up": () => above(rest, top, page),
    "half-down": () => below(rest, top, half),
    "half-up": () => above(rest, top, half),
    first: () => 0,
    last: () => last,
  };
  return Math.max(0, Math.min(last, tops[motion]()));
}

/** The last line that the detail can begin with and still be full. */
export function lastDetailTop(model: Model): number {
  const { repository } = model;
  const layout = layoutOf(model);
  const pane = layout === "too small" ? undefined : layout.panes.find((one) => one.pane === "detail");
  if (repository === undefined || pane === undefined) return 0;
  return Math.max(0, detailLines(repository, textWidth(pane)).length - listHeight(model, "detail"));
}
