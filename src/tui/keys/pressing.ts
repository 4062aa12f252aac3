import type { Model } from "../model/model.ts";
import { isPage } from "../model/overlays.ts";
import type { Key } from "./key.ts";
import { type Act, keymap } from "./keymap.ts";
import type { ActName, Mode } from "./modes.ts";

/** The act of a key in a mode; undefined where it has none. */
export function actFor(mode: Mode, { name }: Key): ActName | undefined {
  return byMode.get(mode)?.get(name);
}

/** The acts of a mode, in the order of the keymap. */
export function actsIn(mode: Mode): readonly (readonly [ActName, Act])[] {
  return entries().filter(([, act]) => act.in.includes(mode));
}

/** The mode that a model is in. */
export function modeOf({ overlay, isFiltering }: Model): Mode {
  if (overlay === undefined) return isFiltering ? "filter" : "panes";
  if (isPage(overlay)) return "page";
  if (overlay.is === "preview") return overlay.typed === undefined ? "preview" : "typing";
  return overlay.is;
}

function entries(): readonly (readonly [ActName, Act])[] {
  return Object.entries(keymap) as [ActName, Act][];
}

/** The modes in which letters are typed as text. */
const textModes: ReadonlySet<Mode> = new Set<Mode>(["filter", "palette", "open", "login", "typing"]);

const byMode = new Map<Mode, Map<string, ActName>>();
for (const [name, act] of entries()) {
  for (const mode of act.in) {
    const keys = byMode.get(mode) ?? new Map<string, ActName>();
    for (const key of act.keys) if (!textModes.has(mode) || key.length > 1) keys.set(key, name);
    byMode.set(mode, keys);
  }
}
