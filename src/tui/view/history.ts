import type { Model } from "../model/model.ts";
import type { HistoryOverlay } from "../model/overlays.ts";
import { type Cells, restyle } from "../screen/cells.ts";
import { dim, plain, reverse } from "../screen/style.ts";
import { box, lines } from "./box.ts";
import { pageArea } from "./layout.ts";
import { counted, moment } from "./words.ts";

/** Draws the operations of the journal, newest first. */
export function drawHistory(cells: Cells, { size, look }: Model, { operations, cursor, top }: HistoryOverlay): void {
  const inner = box(cells, pageArea(size), look, { title: `History ${operations?.length ?? ""}`, hasFocus: true });
  if (operations === undefined || operations.length === 0) {
    lines(cells, inner, [{ text: operations === undefined ? "reading the journal …" : "nothing was removed yet" }], 0);
    return;
  }
  const rows = operations.slice(top, top + inner.height).map(({ at, registry, state, tags, undoable }) => {
    const [first] = tags;
    const repository = first?.repository.slice(registry.length + 1) ?? "";
    const named = tags.length === 1 ? `${repository}:${first?.tag}` : `${repository} ${counted(tags.length, "tag")}`;
    return { text: `${moment(at)}  ${state.padEnd(11)}  ${registry}  ${named}`, style: undoable ? plain : dim };
  });
  lines(cells, inner, rows, 0);
  restyle(cells, { ...inner, y: inner.y + cursor - top, height: 1 }, reverse);
}
