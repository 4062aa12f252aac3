import type { Model } from "../model/model.ts";
import { type Area, type Cells, put } from "../screen/cells.ts";
import { dim, red } from "../screen/style.ts";
import { box, type Line, lines } from "./box.ts";
import { countOf, drawRows, filterNote } from "./list.ts";
import { wrapped } from "./words.ts";

/** The registry's repositories, or why they are not there. */
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

function emptyLines({ repositories, registry }: Model, width: number): readonly Line[] {
  const { trouble, listing, names } = repositories;
  const said = (text: string, style = dim) => wrapped(text, width).map((line) => ({ text: line, style }));
  if (registry.address === undefined) return said("no registry is open; o opens one");
  if (trouble !== undefined)
    return [...said(trouble.says, red), ...said("o opens a repository by its name; R tries again")];
  if (listing !== "done") return said("listing the repositories …");
  return said(
    names.length === 0 ? "this registry has no repositories" : "no repository has this; Esc clears the filter",
  );
}
