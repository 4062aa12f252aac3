import type { LogLine, Model, RequestLine } from "../model/model.ts";
import type { PageOverlay } from "../model/overlays.ts";
import type { Cells } from "../screen/cells.ts";
import { plain, red, yellow } from "../screen/style.ts";
import { box, hanging, type Line, lines } from "./box.ts";
import { doctorLines } from "./doctor.ts";
import { helpLines } from "./help.ts";
import { pageArea, textWidth } from "./layout.ts";
import { counted } from "./words.ts";

/** Draws a page of lines over the panes: help, log, requests or the doctor's findings. */
export function drawPage(cells: Cells, model: Model, page: PageOverlay): void {
  const content = contentOf(model, page, textWidth(model.size));
  const inner = box(cells, pageArea(model.size), model.look, { title: content.title, hasFocus: true });
  lines(cells, inner, content.lines, page.top);
}

/** The content of a page. */
interface Content {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** The title and all lines of a page, wrapped to `width` columns. */
export function contentOf(model: Model, page: PageOverlay, width: number): Content {
  switch (page.is) {
    case "help":
      return { title: "Keys", lines: helpLines() };
    case "doctor":
      return { title: "What the registry is and allows", lines: doctorLines(page.document, width) };
    case "requests": {
      const all = model.requests.flatMap((request) => requestLines(request, width));
      const title = `The last ${counted(model.requests.length, "request")}`;
      return { title, lines: all.length > 0 ? all : [{ text: "none was sent" }] };
    }
    case "log": {
      const all = model.log.flatMap((line) => logLines(line, width));
      return { title: "Errors and notes", lines: all.length > 0 ? all : [{ text: "nothing went wrong" }] };
    }
  }
}

function logLines({ at, says, severity }: LogLine, width: number): readonly Line[] {
  return hanging(`${timeOf(at)}  `, says, { width, style: severity === "error" ? red : plain });
}

/** A request in lines, with the status before the path, which may be long. */
function requestLines({ at, asked, status, about }: RequestLine, width: number): readonly Line[] {
  const style = status === undefined || status >= 500 ? red : status >= 400 ? yellow : plain;
  return hanging(`${timeOf(at)}  ${status ?? "---"}  `, `${asked} (${about})`, { width, style });
}

function timeOf(at: string): string {
  return at.slice(11, 19);
}
