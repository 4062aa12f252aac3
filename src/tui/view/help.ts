import { keyWords } from "../keys/key-words.ts";
import { modeTitles } from "../keys/modes.ts";
import { actsIn } from "../keys/pressing.ts";
import { bold } from "../screen/style.ts";
import type { Line } from "./box.ts";

/** The keymap as lines, by mode. */
export function helpLines(): readonly Line[] {
  return modeTitles.flatMap(([mode, title]) => [
    { text: title, style: bold },
    ...actsIn(mode).map(([, act]) => ({ text: `${keyWords(act).padEnd(20)} ${act.does}`, indent: 1 })),
    { text: "" },
  ]);
}
