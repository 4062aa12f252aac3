import type { Act } from "./keymap.ts";

const words: Readonly<Record<string, string>> = {
  space: "space",
  enter: "Enter",
  esc: "Esc",
  tab: "Tab",
  "shift-tab": "shift-Tab",
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  "page-up": "PgUp",
  "page-down": "PgDn",
  home: "Home",
  end: "End",
  f1: "F1",
};

/** A key as people read it. */
export function keyWord(key: string): string {
  return words[key] ?? key;
}

/** The keys of an act, as help and documentation name them. */
export function keyWords({ keys }: Act): string {
  return keys.map(keyWord).join(" ");
}
