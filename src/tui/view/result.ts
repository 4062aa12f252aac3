import type { RemovalDocument, RemovalDocumentTag } from "../../app/removing/removal-document.ts";
import { jobWith } from "../model/job.ts";
import type { Model } from "../model/model.ts";
import type { ResultOverlay } from "../model/overlays.ts";
import { remembered } from "../model/remembered.ts";
import { type Cells, put } from "../screen/cells.ts";
import { bold, dim, green, red, type Style, yellow } from "../screen/style.ts";
import { box, centred, hanging, type Line, lines } from "./box.ts";
import { drawHeaded, type Headed } from "./entries.ts";
import { textWidth } from "./layout.ts";
import { columnFor, counted, doneOf, type Room, shortDigest, wrapped } from "./words.ts";

/** Draws the result of an operation, tag by tag. */
export function drawResult(cells: Cells, model: Model, overlay: ResultOverlay): void {
  const { title, top } = overlay;
  drawHeaded(cells, model, { title, top, ...resultLines(overlay, textWidth(model.size)) });
}

/** The head of the result, and its entries, which scroll below it. */
export function resultLines({ document }: ResultOverlay, width: number): Headed {
  const head = headOf(document).flatMap((line) => wrapped(line.text, width).map((text) => ({ ...line, text })));
  const { tags } = document;
  const column = columnFor(tags);
  const linesOf = (entry: number) => tags.slice(entry, entry + 1).flatMap((tag) => tagLines(tag, { width, column }));
  return { head, rest: { length: tags.length, linesOf } };
}

const headOf = remembered(headLines);

function headLines({
  tags,
  proof,
  moved,
  restored,
  lost = [],
  requests,
  milliseconds,
  operation,
}: RemovalDocument): readonly Line[] {
  const counts = new Map<string, number>();
  for (const { outcome } of tags) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const sums = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(", ");
  const isRemoval = counts.has("removed");
  return [
    { text: `${sums || "nothing to do"}  (${counted(requests, "request")}, ${milliseconds} ms)`, style: bold },
    ...(isRemoval
      ? [
          {
            text: `proven: nothing but the chosen tags left the listing${proof === "siblings" ? ", and each sibling stands where it stood" : ""}`,
            style: green,
          },
        ]
      : []),
    ...(isRemoval && operation !== null
      ? [{ text: `u puts them back, later: tagwise undo ${operation}`, style: dim }]
      : []),
    ...moved.map((tag) => ({ text: `${tag} was moved by somebody else meanwhile`, style: yellow })),
    ...restored.map((tag) => ({ text: `${tag} vanished with it and was put back`, style: yellow })),
    ...lost.map((tag) => ({ text: `${tag} vanished and could NOT be put back; U shows the journal`, style: red })),
    { text: "" },
  ];
}

function tagLines(
  { tag, digest, outcome, reason, siblings }: RemovalDocumentTag,
  { width, column }: Room,
): readonly Line[] {
  const kept =
    siblings === null || siblings.length === 0
      ? ""
      : `  ${counted(siblings.length, "sibling")} ${siblings.length === 1 ? "stands" : "stand"}`;
  const text = `${tag.padEnd(column)}  ${digest === null ? "" : shortDigest(digest)}${kept}${reason === undefined ? "" : `  ${reason}`}`;
  return hanging(outcome.padEnd(10), text, { width, style: colours[outcome] });
}

const colours: Readonly<Record<RemovalDocumentTag["outcome"], Style>> = {
  removed: green,
  restored: green,
  absent: dim,
  planned: dim,
  refused: red,
  failed: red,
  kept: yellow,
};

/** Draws the progress of a job over the panes. */
export function drawProgress(cells: Cells, model: Model, id: number): void {
  const { look } = model;
  const job = jobWith(model, id);
  const area = centred(cells, { width: 64, height: 6 });
  const inner = box(cells, area, look, { title: job?.title ?? "done", hasFocus: true });
  if (job === undefined) return;
  const { doing, done, total, isStopping } = job;
  lines(cells, inner, [{ text: `${isStopping ? "stopping in good order: " : ""}${doing}${doneOf(job)}` }], 0);
  if (total <= 1) return;
  const width = inner.width - 2;
  const filled = Math.round((width * done) / total);
  const [full, empty] = look.ascii ? ["#", "."] : ["█", "░"];
  put(cells, { x: inner.x + 1, y: inner.y + 2 }, full.repeat(filled) + empty.repeat(width - filled));
}
