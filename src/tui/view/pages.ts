import type { DoctorDocument } from "../../app/doctor.ts";
import { keyWords } from "../keys/key-words.ts";
import { modeTitles } from "../keys/modes.ts";
import { actsIn } from "../keys/pressing.ts";
import type { Model, RequestLine } from "../model/model.ts";
import type { HistoryOverlay, PageOverlay } from "../model/overlays.ts";
import { type Cells, restyle } from "../screen/cells.ts";
import { bold, dim, plain, red, reverse, yellow } from "../screen/style.ts";
import { box, hanging, type Line, lines } from "./box.ts";
import { pageArea } from "./layout.ts";
import { counted, moment, wrapped } from "./words.ts";

/** Draws a page of lines over the panes: help, log, requests or the doctor's findings. */
export function drawPage(cells: Cells, model: Model, page: PageOverlay): void {
  const area = pageArea(model.size);
  const content = contentOf(model, page, area.width - 4);
  const inner = box(cells, area, model.look, { title: content.title, hasFocus: true });
  lines(cells, inner, content.lines, page.top);
}

/** The content of a page. */
export interface Content {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** The title and all lines of a page, wrapped to `width` columns. */
export function contentOf(model: Model, page: PageOverlay, width: number): Content {
  if (page.is === "help") return { title: "Keys", lines: helpLines() };
  if (page.is === "doctor")
    return { title: "What the registry is and allows", lines: doctorLines(page.document, width) };
  if (page.is === "requests") {
    const all = model.requests.flatMap((request) => requestLines(request, width));
    return {
      title: `The last ${counted(model.requests.length, "request")}`,
      lines: all.length > 0 ? all : [{ text: "none was sent" }],
    };
  }
  const said = model.log.flatMap(({ at, says, severity }) =>
    hanging(`${timeOf(at)}  `, says, { width, style: severity === "error" ? red : plain }),
  );
  return { title: "Errors and notes", lines: said.length > 0 ? said : [{ text: "nothing went wrong" }] };
}

/** A request in lines, with the status before the path, which may be long. */
function requestLines({ at, asked, status, about }: RequestLine, width: number): readonly Line[] {
  const style = status === undefined || status >= 500 ? red : status >= 400 ? yellow : plain;
  return hanging(`${timeOf(at)}  ${status ?? "---"}  `, `${asked} (${about})`, { width, style });
}

function timeOf(at: string): string {
  return at.slice(11, 19);
}

/** The keymap as lines, by mode. */
function helpLines(): readonly Line[] {
  return modeTitles.flatMap(([mode, title]) => [
    { text: title, style: bold },
    ...actsIn(mode).map(([, act]) => ({ text: `${keyWords(act).padEnd(20)} ${act.does}`, indent: 1 })),
    { text: "" },
  ]);
}

function doctorLines(document: DoctorDocument | undefined, width: number): readonly Line[] {
  if (document === undefined) return [{ text: "asking …", style: dim }];
  const { registry, repository, kind, version, deletion, strategy, exact, findings } = document;
  const proven =
    exact === true ? ", proven to remove the named tag alone" : ", rehearsed on scratch tags before it is used";
  const colours = { info: plain, warning: yellow, problem: red };
  return [
    { text: `${registry}, asked about ${repository}`, style: bold },
    { text: `kind      ${kind}${version === null ? "" : ` ${version}`}` },
    { text: `deletion  ${deletion}` },
    { text: `strategy  ${strategy === null ? "none: no tag can be removed" : strategy + proven}` },
    ...findings.flatMap(({ severity, says, request, answer }) => [
      { text: "" },
      ...wrapped(`${severity}: ${says}`, width).map((text) => ({ text, style: colours[severity] })),
      ...wrapped(`${request}: ${answer}`, width - 2).map((text) => ({ text, style: dim, indent: 2 })),
    ]),
  ];
}

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
