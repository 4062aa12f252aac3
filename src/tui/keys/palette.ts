import { emptyList, filtered } from "../model/list.ts";
import type { Act } from "./keymap.ts";
import type { ActName } from "./modes.ts";
import { actsIn } from "./pressing.ts";

/**
 * The acts whose name or description matches the text: an exact name first, then names that begin with it, then others.
 */
export function choices(text: string): readonly (readonly [ActName, Act])[] {
  const all = actsIn("panes").filter(([name]) => name !== "palette");
  if (text.trim() === "") return all;
  const names = all.map(([name, { does }]) => `${name} ${does}`);
  const { rows } = filtered(emptyList, names, text);
  const found = [...(rows?.toSorted() ?? names.keys())].flatMap((row) => all.slice(row, row + 1));
  const rank = (name: ActName) => (name === text ? 0 : name.startsWith(text) ? 1 : name.includes(text) ? 2 : 3);
  return found.sort(([a], [b]) => rank(a) - rank(b));
}
