import { matching } from "../model/matching.ts";
import type { Act } from "./keymap.ts";
import type { ActName } from "./modes.ts";
import { actsIn } from "./pressing.ts";

/** The acts whose name or words have what was typed; the one of that very name first. */
export function choices(text: string): readonly (readonly [ActName, Act])[] {
  const all = actsIn("panes").filter(([name]) => name !== "palette");
  if (text.trim() === "") return all;
  const { rows } = matching(
    all.map(([name, { does }]) => `${name} ${does}`),
    text,
  );
  const found = Array.from(rows, (row) => all[row]).filter((act) => act !== undefined);
  return found.sort(([a], [b]) => Number(b === text) - Number(a === text));
}
