/** The modes, which decide what keys mean. */
export const modes = [
  "panes",
  "filter",
  "palette",
  "open",
  "login",
  "page",
  "jobs",
  "copy",
  "quit",
  "recover",
  "history",
  "preview",
  "typing",
  "progress",
  "result",
] as const;
/** What has the keys at the moment: the panes, or an overlay. */
export type Mode = (typeof modes)[number];

/** The modes whose keys the help and the guide list, with their titles. */
export const modeTitles: readonly (readonly [Mode, string])[] = [
  ["panes", "In the lists"],
  ["preview", "In the preview of a removal"],
  ["progress", "While something runs"],
  ["result", "In a result"],
  ["history", "In the history"],
  ["copy", "After y"],
  ["recover", "Where something is left to recover"],
];

/** The name of every act, as in the palette. */
export type ActName =
  | "down"
  | "up"
  | "page-down"
  | "page-up"
  | "half-down"
  | "half-up"
  | "first"
  | "last"
  | "into"
  | "back"
  | "next-pane"
  | "previous-pane"
  | "pane-1"
  | "pane-2"
  | "pane-3"
  | "zoom"
  | "unzoom"
  | "filter"
  | "sort"
  | "group"
  | "scan"
  | "refresh"
  | "open"
  | "mark"
  | "range"
  | "mark-all"
  | "invert"
  | "unmark-all"
  | "remove"
  | "undo"
  | "history"
  | "recover"
  | "doctor"
  | "copy"
  | "requests"
  | "log"
  | "jobs"
  | "palette"
  | "help"
  | "redraw"
  | "mouse"
  | "suspend"
  | "quit"
  | "interrupt"
  | "close"
  | "leave-text"
  | "accept"
  | "into-operation"
  | "confirm"
  | "listing-proof"
  | "leave"
  | "stop"
  | "hide"
  | "again"
  | "copy-reference"
  | "copy-digest"
  | "copy-pull"
  | "finish"
  | "roll-back"
  | "really-quit";
