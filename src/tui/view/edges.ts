import { keyWord } from "../keys/key-words.ts";
import { keymap } from "../keys/keymap.ts";
import type { ActName } from "../keys/modes.ts";
import { actsIn, modeOf } from "../keys/pressing.ts";
import { filterOf, type Model, type Pane, tagAtCursor } from "../model/model.ts";
import { jobOf } from "../model/overlays.ts";
import { type Cells, put } from "../screen/cells.ts";
import { columnsOf } from "../screen/glyphs.ts";
import { bold, dim, plain, red, reverse, yellow } from "../screen/style.ts";
import { percent } from "./words.ts";

/** Draws the top line: registry, user, kind, strategy, restrictions, and the repository and tag under the cursor. */
export function drawHeader(cells: Cells, { registry, repository, focus }: Model): void {
  const { address, user, kind, capability, failure, isReadOnly, isProduction } = registry;
  let x = put(cells, { x: 0, y: 0 }, ` ${address?.host ?? "tagwise"} `, bold | reverse) + 1;
  if (isReadOnly) x = put(cells, { x, y: 0 }, " READ-ONLY ", reverse | yellow) + 1;
  if (isProduction) x = put(cells, { x, y: 0 }, " PRODUCTION ", reverse | red) + 1;
  if (failure !== undefined) x = put(cells, { x, y: 0 }, " NO ANSWER ", reverse | red) + 1;
  const strategy = capability === undefined ? undefined : capability.can ? `by ${capability.strategy}` : "no removal";
  const known = kind === "unknown" ? undefined : kind;
  const said = [user === undefined ? undefined : `as ${user}`, known, strategy].filter((word) => word !== undefined);
  if (said.length > 0) x = put(cells, { x, y: 0 }, said.join(" · "), dim) + 2;
  const tag = repository && focus !== "repositories" ? tagAtCursor(repository) : undefined;
  const trail = repository === undefined ? "" : `${repository.name}${tag === undefined ? "" : `:${tag}`}`;
  put(cells, { x: Math.max(x, cells.width - columnsOf(trail) - 1), y: 0 }, trail, plain);
}

/** Draws the status line: the filter while it is typed, else the last message, else the running job. */
export function drawStatus(cells: Cells, model: Model): void {
  const { toast, isFiltering, overlay, jobs } = model;
  const y = cells.height - 2;
  if (isFiltering && overlay === undefined) {
    put(cells, { x: 1, y }, `/${filterOf(model)}_`, bold);
    return;
  }
  const running = jobs.findLast(({ id }) => id !== jobOf(overlay));
  const share = running !== undefined && running.total > 1 ? ` ${percent(running.done, running.total)}` : "";
  const job = running === undefined ? "" : `${running.isStopping ? "stopping: " : ""}${running.title}${share}`;
  put(cells, { x: 1, y }, toast === "" ? job : toast, toast === "" ? dim : bold);
}

/** Draws the line of keys; those that cannot be used now are dim. The help key is always at the right. */
export function drawFooter(cells: Cells, model: Model): void {
  const y = cells.height - 1;
  const mode = modeOf(model);
  const hints = byImportance(actsIn(mode), model.focus).flatMap(([name, { keys, hint }]) => {
    const words = typeof hint === "object" ? hint[mode] : hint;
    return words === undefined ? [] : [{ name, key: keyWord(keys[0] ?? ""), hint: words }];
  });
  const help = hints.find(({ name }) => name === "help");
  const end = help === undefined ? cells.width : cells.width - columnsOf(help.key) - help.hint.length - 2;
  if (help !== undefined) drawHint(cells, { x: end, y }, help, model);
  let x = 1;
  for (const hint of hints) {
    if (hint === help) continue;
    if (x + columnsOf(hint.key) + hint.hint.length + 2 > end) return;
    x = drawHint(cells, { x, y }, hint, model) + 2;
  }
}

/**
 * The acts that come first in the footer, since a narrow screen shows only those; the others follow as in the keymap.
 */
const foremost: Readonly<Record<Pane, readonly ActName[]>> = {
  repositories: ["into", "filter", "open", "refresh", "history", "undo"],
  tags: ["into", "mark", "remove", "undo", "filter", "sort", "group", "history"],
  detail: ["back", "remove", "undo", "copy", "history"],
};

function byImportance(acts: ReturnType<typeof actsIn>, focus: Pane): ReturnType<typeof actsIn> {
  const first = foremost[focus].flatMap((name) => acts.filter(([other]) => other === name));
  return [...first, ...acts.filter(([name]) => !foremost[focus].includes(name))];
}

interface Hint {
  readonly name: ActName;
  readonly key: string;
  readonly hint: string;
}

function drawHint(
  cells: Cells,
  { x, y }: { readonly x: number; readonly y: number },
  { name, key, hint }: Hint,
  model: Model,
): number {
  const isOff = keymap[name].why?.(model) !== undefined;
  const end = put(cells, { x, y }, key, isOff ? dim : bold);
  return put(cells, { x: end + 1, y }, hint, isOff ? dim : plain);
}
