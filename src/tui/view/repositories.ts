import type { Model } from "../model/model.ts";
import { type Area, type Cells, put } from "../screen/cells.ts";
import { box, type Line, lines } from "./box.ts";
import { countOf, drawRows, filterNote } from "./list.ts";
import { paragraph, troubleLines, waitingLines } from "./listing.ts";

/** Draws the repositories of the registry, or why they cannot be listed. */
export function drawRepositories(cells: Cells, area: Area, model: Model): void {
  const { repositories, focus, look } = model;
  const { list, names, listing } = repositories;
  const hasFocus = focus === "repositories";
  const more = listing === "running" ? "…" : "";
  const count = `${countOf(list, names.length)}${more}`;
  const title = `1 ${count.length + 20 > area.width ? "Repos" : "Repositories"} ${count}`;
  const inner = box(cells, area, look, { title, note: filterNote(list), hasFocus });
  if (list.length === 0) {
    lines(cells, inner, emptyLines(model, inner.width - 2), 0);
    return;
  }
  drawRows(cells, inner, {
    list,
    look,
    hasFocus,
    isMarked: (place) => (model.leftMarks.get(names[place] as (typeof names)[number])?.size ?? 0) > 0,
    draw: (place, at) => void put(cells, at, names[place] ?? ""),
  });
}

function emptyLines(model: Model, width: number): readonly Line[] {
  const { repositories, registry } = model;
  const { trouble, listing, names } = repositories;
  if (registry.address === undefined) return paragraph("no registry is open; o opens one", width);
  if (trouble !== undefined) return troubleLines(trouble, width, "o opens a repository by its name; R tries again");
  if (listing !== "done") return waitingLines(model, "repositories", width);
  const why =
    names.length === 0 ? "this registry has no repositories" : "no repository has this; Esc clears the filter";
  return paragraph(why, width);
}
