import { keymap } from "../keys/keymap.ts";
import type { ActName } from "../keys/modes.ts";
import { choices } from "../keys/palette.ts";
import type { Step } from "../message.ts";
import type { Motion } from "../model/list.ts";
import type { Model } from "../model/model.ts";
import { doing, say, still } from "./changing.ts";
import { invert, mark, markAll, range, unmarkAll } from "./marking.ts";
import { move } from "./moving.ts";
import {
  close,
  copy,
  interrupt,
  openDoctor,
  openHistory,
  openNamed,
  over,
  quit,
  recover,
  stopJob,
  submitLogin,
} from "./overlays.ts";
import { back, filter, focused, group, into, nextPane, readAll, refresh, sort } from "./panes.ts";
import { again, chooseListing, confirm, leavePreview, preview, undo } from "./removing.ts";

const moving =
  (motion: Motion) =>
  (model: Model): Step =>
    still(move(model, motion));
const changing =
  (change: (model: Model) => Model) =>
  (model: Model): Step =>
    still(change(model));

/** Beyond the end of any page, so that new lines stay in sight. */
const theEnd = Number.MAX_SAFE_INTEGER;

/** What each act of the keymap does. */
const acting: Readonly<Record<ActName, (model: Model) => Step>> = {
  down: moving("down"),
  up: moving("up"),
  "page-down": moving("page-down"),
  "page-up": moving("page-up"),
  "half-down": moving("half-down"),
  "half-up": moving("half-up"),
  first: moving("first"),
  last: moving("last"),
  into,
  back,
  "next-pane": changing((model) => nextPane(model, 1)),
  "previous-pane": changing((model) => nextPane(model, -1)),
  "pane-1": changing((model) => focused(model, "repositories")),
  "pane-2": changing((model) => focused(model, "tags")),
  "pane-3": changing((model) => focused(model, "detail")),
  zoom: changing((model) => ({ ...model, isZoomed: true })),
  unzoom: changing((model) => ({ ...model, isZoomed: false })),

  filter: changing((model) => ({
    ...model,
    isFiltering: true,
    focus: model.focus === "detail" ? "tags" : model.focus,
  })),
  sort,
  group,
  scan: (model) => readAll(model, { withFacts: false }),
  refresh,
  open: (model) => over(model, { is: "open", text: "", cursor: 0, trouble: "" }),

  mark: changing(mark),
  range: changing(range),
  "mark-all": changing(markAll),
  invert: changing(invert),
  "unmark-all": changing(unmarkAll),

  remove: preview,
  undo: (model) => undo(model),
  history: openHistory,
  recover: (model) => doing(say(model, "looking for what was cut off"), { do: "remnants" }),
  doctor: openDoctor,

  copy: (model) => over(model, { is: "copy" }),
  requests: (model) => over(model, { is: "requests", top: theEnd }),
  log: (model) => over(model, { is: "log", top: theEnd }),
  jobs: (model) => over(model, { is: "jobs", cursor: 0 }),
  palette: (model) => over(model, { is: "palette", text: "", cursor: 0 }),
  help: (model) => over(model, { is: "help", top: 0 }),
  redraw: (model) => doing(model, { do: "redraw" }),
  mouse: (model) => doing({ ...model, hasMouse: !model.hasMouse }, { do: "mouse", on: !model.hasMouse }),
  suspend: (model) => doing(model, { do: "suspend" }),
  quit,
  interrupt,

  close,
  "leave-text": leaveText,
  accept,
  "into-operation": (model) =>
    model.overlay?.is === "history"
      ? undo(model, model.overlay.operations?.[model.overlay.cursor]?.operation)
      : still(model),

  confirm,
  "listing-proof": chooseListing,
  leave: leavePreview,
  stop: stopShown,
  hide: close,
  again,

  "copy-reference": (model) => copy(model, "reference"),
  "copy-digest": (model) => copy(model, "digest"),
  "copy-pull": (model) => copy(model, "pull"),
  finish: (model) => recover(model, { rollback: false }),
  "roll-back": (model) => recover(model, { rollback: true }),
  "really-quit": (model) => doing(model, { do: "quit" }),
};

/** Esc in a text: clears a filter, drops a typed word, or closes a prompt. */
function leaveText(model: Model): Step {
  const { overlay, isFiltering } = model;
  if (overlay === undefined && isFiltering) return still(filter({ ...model, isFiltering: false }, ""));
  if (overlay?.is === "preview") return over(model, { ...overlay, typed: undefined });
  return close(model);
}

function accept(model: Model): Step {
  const { overlay } = model;
  if (overlay === undefined) return still({ ...model, isFiltering: false });
  if (overlay.is === "open") return openNamed(model);
  if (overlay.is === "login") return submitLogin(model);
  if (overlay.is !== "palette") return still(model);
  const [name] = choices(overlay.text)[overlay.cursor] ?? [];
  return name === undefined ? close(model) : act({ ...model, overlay: undefined }, name);
}

/** Does an act, or says on the status line why it cannot be done. */
export function act(model: Model, name: ActName): Step {
  const why = keymap[name].why?.(model);
  return why === undefined ? acting[name](model) : still(say(model, why));
}

function stopShown(model: Model): Step {
  const { overlay, jobs } = model;
  if (overlay?.is === "progress") return stopJob(model, overlay.job);
  const job = overlay?.is === "jobs" ? jobs[overlay.cursor] : undefined;
  return job === undefined ? still(say(model, "nothing is running")) : stopJob(model, job.id);
}
