import type { Model, PreviewOverlay, ResultOverlay } from "../model/model.ts";
import { detailLines } from "./detail.ts";
import { layoutOf, listHeight, pageHeight } from "./layout.ts";
import { contentOf, type Page } from "./pages.ts";
import { previewLines } from "./preview.ts";
import { resultLines } from "./result.ts";

/** The last line that what scrolls over the panes can begin with: further down there is nothing to see. */
export function lastTop(model: Model, overlay: Page | PreviewOverlay | ResultOverlay): number {
  const width = model.size.width - 4;
  const height = pageHeight(model.size);
  if (overlay.is !== "preview" && overlay.is !== "result")
    return Math.max(0, contentOf(model, overlay, width).lines.length - height);
  const { head, rest } = overlay.is === "preview" ? previewLines(model, overlay, width) : resultLines(overlay, width);
  return Math.max(0, rest.length - (height - head.length));
}

/** The same of the detail. */
export function lastDetailTop(model: Model): number {
  const { repository } = model;
  const layout = layoutOf(model);
  const pane = layout === "too small" ? undefined : layout.panes.find((one) => one.pane === "detail");
  if (repository === undefined || pane === undefined) return 0;
  return Math.max(0, detailLines(repository, pane.width - 4).length - listHeight(model, "detail"));
}
