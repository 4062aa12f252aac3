import { actsIn, keymap, modeOf } from "../keymap.ts";
import { type Model, tagAtCursor } from "../model.ts";
import { type Cells, put } from "../screen/cells.ts";
import { columnsOf } from "../screen/glyphs.ts";
import { bold, dim, plain, red, reverse, yellow } from "../screen/style.ts";
import { filterOf } from "../update/panes.ts";
import { keyWord } from "./key-words.ts";

/** The line above: which registry, who asks, how it removes, what is not allowed, where the cursor is. */
export function drawHeader(cells: Cells, { registry, repository, focus }: Model): void {
  const { address, user, kind, capability, isReadOnly, isProduction } = registry;
  let x = put(cells, { x: 0, y: 0 }, ` ${address?.host ?? "tagwise"} `, bold | reverse) + 1;
  if (isReadOnly) x = put(cells, { x, y: 0 }, " READ-ONLY ", reverse | yellow) + 1;
  if (isProduction) x = put(cells, { x, y: 0 }, " PRODUCTION ", reverse | red) + 1;
  const strategy = capability === undefined ? undefined : capability.can ? `by ${capability.strategy}` : "no removal";
  const known = kind === "unknown" ? undefined : kind;
  const said = [user === undefined ? undefined : `as ${user}`, known, strategy].filter((word) => word !== undefined);
  if (said.length > 0) x = put(cells, { x, y: 0 }, said.join(" · "), dim) + 2;
  const tag = repository && focus !== "repositories" ? tagAtCursor(repository) : undefined;
  const trail = repository === undefined ? "" : `${repository.name}${tag === undefined ? "" : `:${tag}`}`;
  put(cells, { x: Math.max(x, cells.width - columnsOf(trail) - 1), y: 0 }, trail, plain);
}

/** The line of what was said last, of the filter while it is typed, else of what runs. */
export function drawStatus(cells: Cells, model: Model): void {
  const { toast, isFiltering, overlay, jobs } = model;
  const y = cells.height - 2;
  if (isFiltering && overlay === undefined) {
    put(cells, { x: 1, y }, `/${filterOf(model)}_`, bold);
    return;
  }
  const running = jobs.at(-1);
  const share =
    running !== undefined && running.total > 1 ? ` ${Math.floor((100 * running.done) / running.total)} %` : "";
  const job = running === undefined ? "" : `${running.isStopping ? "stopping: " : ""}${running.title}${share}`;
  put(cells, { x: 1, y }, toast === "" ? job : toast, toast === "" ? dim : bold);
}

/** The line of keys; what cannot be done now is dim. */
export function drawFooter(cells: Cells, model: Model): void {
  const y = cells.height - 1;
  let x = 1;
  for (const [name, { keys, hint }] of actsIn(modeOf(model))) {
    if (hint === undefined) continue;
    const key = keyWord(keys[0] ?? "");
    if (x + columnsOf(key) + hint.length + 2 > cells.width) return;
    const isOff = keymap[name].why?.(model) !== undefined;
    x = put(cells, { x, y }, key, isOff ? dim : bold);
    x = put(cells, { x: x + 1, y }, hint, isOff ? dim : plain) + 2;
  }
}
