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

/** A key as it is written for people: `shift-tab` as `shift-Tab`. */
export function keyWord(key: string): string {
  return words[key] ?? key;
}

/** All keys of an act, separated by blanks, for help and documentation. */
export function keyWords({ keys }: Act): string {
  return keys.map(keyWord).join(" ");
}
