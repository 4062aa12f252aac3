import type { Model } from "./model/model.ts";
import { isPage, type Overlay } from "./model/overlays.ts";
import { blank, type Cells, put } from "./screen/cells.ts";
import { drawDetail } from "./view/detail.ts";
import { drawFooter, drawHeader, drawStatus } from "./view/edges.ts";
import { drawHistory } from "./view/history.ts";
import { layoutOf, type PlacedPane } from "./view/layout.ts";
import { drawPage } from "./view/pages.ts";
import { drawPreview } from "./view/preview.ts";
import { drawPrompt } from "./view/prompts.ts";
import { drawRepositories } from "./view/repositories.ts";
import { drawProgress, drawResult } from "./view/result.ts";
import { drawTags } from "./view/tags.ts";

/** Draws the screen of a model. Pure. */
export function view(model: Model): Cells {
  const cells = blank(model.size);
  const layout = layoutOf(model);
  if (layout === "too small") {
    put(cells, { x: 0, y: 0 }, "too small: 40x10 is the least");
    return cells;
  }
  drawHeader(cells, model);
  for (const pane of layout.panes) drawPane(cells, pane, model);
  if (model.overlay !== undefined) drawOver(cells, model, model.overlay);
  drawStatus(cells, model);
  drawFooter(cells, model);
  return cells;
}

function drawPane(cells: Cells, placed: PlacedPane, model: Model): void {
  const draw = { repositories: drawRepositories, tags: drawTags, detail: drawDetail }[placed.pane];
  draw(cells, placed, model);
}

function drawOver(cells: Cells, model: Model, overlay: Overlay): void {
  if (overlay.is === "history") drawHistory(cells, model, overlay);
  else if (overlay.is === "preview") drawPreview(cells, model, overlay);
  else if (overlay.is === "progress") drawProgress(cells, model, overlay.job);
  else if (overlay.is === "result") drawResult(cells, model, overlay);
  else if (isPage(overlay)) drawPage(cells, model, overlay);
  else drawPrompt(cells, model, overlay);
}
