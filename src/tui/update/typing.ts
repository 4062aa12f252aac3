import type { Key } from "../keys/key.ts";
import type { Step } from "../message.ts";
import { filterOf, type Model } from "../model/model.ts";
import type { LoginOverlay } from "../model/overlays.ts";
import { say, still } from "./changing.ts";
import { over } from "./overlays.ts";
import { filter } from "./panes.ts";
import { typeWord } from "./removing.ts";

/** Handles a key without an act: types or deletes text where text is wanted, else says that the key means nothing. */
export function typed(model: Model, key: Key): Step {
  const { overlay, isFiltering } = model;
  const text = key.text.replace(/[\p{Cc}]/gu, "");
  const isErasing = key.name === "backspace" || key.name === "ctrl-h";
  if (text === "" && !isErasing) return still(model);
  const edit = (before: string) => (isErasing ? [...before].slice(0, -1).join("") : before + text);
  switch (overlay?.is) {
    case "palette":
      return over(model, { ...overlay, text: edit(overlay.text), cursor: 0 });
    case "open":
      return over(model, { ...overlay, text: edit(overlay.text), cursor: 0, trouble: "" });
    case "login":
      return over(model, { ...overlay, [overlay.field]: edit(overlay[overlay.field]) } as LoginOverlay);
    case "preview":
      return overlay.typed === undefined
        ? still(unknownKey(model, key))
        : typeWord(model, isErasing ? "" : text, { isConfirming: key.name === "y" });
    case undefined:
      return still(isFiltering ? filter(model, edit(filterOf(model))) : unknownKey(model, key));
    default:
      return still(unknownKey(model, key));
  }
}

function unknownKey(model: Model, { name, text }: Key): Model {
  return name === "paste" || text === "" ? model : say(model, `${text} means nothing here; ? shows the keys`);
}
