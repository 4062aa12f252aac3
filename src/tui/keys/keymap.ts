import type { Model } from "../model/model.ts";
import { type ActName, type Mode, modes } from "./modes.ts";
import * as why from "./reasons.ts";

/** One thing that a person can do with a key. */
export interface Act {
  readonly keys: readonly string[];
  readonly in: readonly Mode[];
  readonly does: string;
  /** A word or two for the footer, possibly by mode; an act without a hint is shown only in the help. */
  readonly hint?: string | Readonly<Partial<Record<Mode, string>>>;
  /** The reason why the act cannot be done now; undefined where it can. */
  readonly why?: (model: Model) => string | undefined;
}

const lists = ["panes", "page", "jobs", "history", "preview", "result", "palette", "open", "filter"] as const;
const pages = ["panes", "page", "history", "preview", "result"] as const;

/** The table of all acts with their keys and words, from which help, footer, palette and documentation are made. */
export const keymap: Readonly<Record<ActName, Act>> = {
  down: { keys: ["j", "down"], in: lists, does: "move down" },
  up: { keys: ["k", "up"], in: lists, does: "move up" },
  "page-down": { keys: ["page-down", "ctrl-f"], in: pages, does: "a page down" },
  "page-up": { keys: ["page-up", "ctrl-b"], in: pages, does: "a page up" },
  "half-down": { keys: ["ctrl-d"], in: pages, does: "half a page down" },
  "half-up": { keys: ["ctrl-u"], in: pages, does: "half a page up" },
  first: { keys: ["g", "home"], in: pages, does: "to the first row" },
  last: { keys: ["G", "end"], in: pages, does: "to the last row" },
  into: {
    keys: ["enter", "l", "right"],
    in: ["panes"],
    does: "go into what the cursor is on",
    hint: "open",
    why: why.nothingInside,
  },
  back: { keys: ["esc", "h", "left"], in: ["panes"], does: "go back", hint: "back" },
  "next-pane": { keys: ["tab"], in: ["panes"], does: "to the next pane" },
  "previous-pane": { keys: ["shift-tab"], in: ["panes"], does: "to the pane before" },
  "pane-1": { keys: ["1"], in: ["panes"], does: "to the repositories" },
  "pane-2": { keys: ["2"], in: ["panes"], does: "to the tags", why: why.noRepository },
  "pane-3": { keys: ["3"], in: ["panes"], does: "to the detail", why: why.noRepository },
  zoom: { keys: ["+"], in: ["panes"], does: "the pane alone on the screen" },
  unzoom: { keys: ["_"], in: ["panes"], does: "all panes again" },

  filter: { keys: ["/"], in: ["panes"], does: "filter the list: words, !word for those without", hint: "filter" },
  sort: { keys: ["s"], in: ["panes"], does: "sort tags by name, newest or largest", hint: "sort", why: why.noTags },
  group: {
    keys: ["b"],
    in: ["panes"],
    does: "group tags by the manifest they share",
    hint: "group",
    why: why.noTags,
  },
  scan: { keys: ["S"], in: ["panes"], does: "read where every tag stands, to know all siblings", why: why.noTags },
  refresh: { keys: ["R"], in: ["panes"], does: "ask the registry anew", hint: "refresh" },
  open: { keys: ["o"], in: ["panes"], does: "open a registry or a repository by its name", hint: "go to" },

  mark: { keys: ["space"], in: ["panes"], does: "mark, and move on", hint: "mark", why: why.noMark },
  range: { keys: ["v"], in: ["panes"], does: "begin a range; again marks it", why: why.noMark },
  "mark-all": { keys: ["ctrl-a"], in: ["panes"], does: "mark all that the filter shows", why: why.noMark },
  invert: { keys: ["*"], in: ["panes"], does: "turn the marks round in what the filter shows", why: why.noMark },
  "unmark-all": { keys: ["ctrl-n"], in: ["panes"], does: "take all marks away", why: why.noMarks },

  remove: {
    keys: ["d"],
    in: ["panes"],
    does: "preview the removal of the marked tags, else of the tag under the cursor",
    hint: "remove",
    why: why.noRemoval,
  },
  undo: {
    keys: ["u"],
    in: ["panes", "result"],
    does: "put the tags of the last operation back",
    hint: "undo",
    why: why.noUndo,
  },
  history: { keys: ["U"], in: ["panes"], does: "the operations of the journal", hint: "history" },
  recover: {
    keys: ["ctrl-r"],
    in: ["panes"],
    does: "what is left of operations that were cut off",
    why: why.noRegistry,
  },
  doctor: { keys: ["i"], in: ["panes"], does: "what the registry is and allows, with proof", why: why.noDoctor },

  copy: {
    keys: ["y"],
    in: ["panes"],
    does: "copy the reference, the digest or the pull command",
    hint: "copy",
    why: why.noTag,
  },
  requests: { keys: ["@"], in: ["panes"], does: "the requests that were sent, with their answers" },
  log: { keys: ["e"], in: ["panes"], does: "errors and notes" },
  jobs: { keys: ["w"], in: ["panes"], does: "what is running; x stops it" },
  palette: { keys: [":"], in: ["panes"], does: "find an act by its name", hint: "acts" },
  help: { keys: ["?", "f1"], in: ["panes"], does: "this table", hint: "help" },
  redraw: { keys: ["ctrl-l"], in: ["panes", "page", "preview", "result", "progress"], does: "draw the screen anew" },
  mouse: { keys: ["m"], in: ["panes"], does: "the mouse on or off" },
  suspend: {
    keys: ["ctrl-z"],
    in: modes,
    does: "suspend; fg comes back",
  },
  quit: { keys: ["q"], in: ["panes"], does: "quit; asks while something is being changed", hint: "quit" },
  interrupt: {
    keys: ["ctrl-c"],
    in: ["panes", "page", "jobs", "history", "preview", "progress", "result", "recover", "copy", "quit"],
    does: "stop what is running, then quit",
  },

  close: {
    keys: ["esc", "q", "h", "left"],
    in: ["page", "jobs", "history", "copy", "recover", "result", "quit"],
    does: "close",
    hint: "close",
  },
  "leave-text": {
    keys: ["esc", "ctrl-c"],
    in: ["filter", "palette", "open", "login", "typing"],
    does: "leave; in a filter, clear it",
    hint: { filter: "clear", palette: "leave", open: "leave", login: "leave", typing: "leave" },
  },
  accept: {
    keys: ["enter"],
    in: ["filter", "palette", "open", "login"],
    does: "go on with what was typed or chosen",
    hint: { filter: "keep it", palette: "do it", open: "open", login: "go on" },
  },
  "into-operation": {
    keys: ["u"],
    in: ["history"],
    does: "put this operation's tags back",
    hint: "put back",
    why: why.notUndoable,
  },

  confirm: { keys: ["y"], in: ["preview"], does: "remove exactly these tags", hint: "remove", why: why.noConfirmation },
  "listing-proof": {
    keys: ["p"],
    in: ["preview"],
    does: "do not scan the siblings: prove by the listing alone",
    hint: "listing proof",
    why: why.noOtherProof,
  },
  leave: { keys: ["esc", "q"], in: ["preview"], does: "change nothing", hint: "leave it" },
  stop: { keys: ["x"], in: ["progress", "jobs"], does: "stop in good order", hint: "stop" },
  hide: { keys: ["esc", "q"], in: ["progress"], does: "go on in the background", hint: "hide" },
  again: { keys: ["r"], in: ["result"], does: "try the failed ones again", hint: "again", why: why.noneFailed },

  "copy-reference": { keys: ["r"], in: ["copy"], does: "copy the reference", hint: "reference" },
  "copy-digest": { keys: ["d"], in: ["copy"], does: "copy the digest", hint: "digest" },
  "copy-pull": { keys: ["p"], in: ["copy"], does: "copy the pull command", hint: "pull command" },
  finish: {
    keys: ["f"],
    in: ["recover"],
    does: "finish the removal of these tags",
    hint: "finish",
    why: why.noRecovery,
  },
  "roll-back": { keys: ["b"], in: ["recover"], does: "put the originals back", hint: "put back", why: why.noRecovery },
  "really-quit": { keys: ["y"], in: ["quit"], does: "stop in good order and quit", hint: "stop and quit" },
};
