import { phaseWords } from "../../app/removing/phase-words.ts";
import type { RemovalDocument } from "../../app/removing/removal-document.ts";
import type { RepositoryName, Tag } from "../../registry/names.ts";
import type { UntagEvent } from "../../untag/events.ts";
import { modeOf } from "../keys/pressing.ts";
import type { Message, Step } from "../message.ts";
import { addRow } from "../model/book.ts";
import { jobWith } from "../model/job.ts";
import { namesOf, withoutMarks } from "../model/marks.ts";
import { type Model, tagAtCursor } from "../model/model.ts";
import { mustType } from "../model/must-type.ts";
import { jobOf, type PreviewOverlay } from "../model/overlays.ts";
import { addRead, noReads } from "../model/reads.ts";
import { sayTrouble, type Trouble } from "../model/trouble.ts";
import { inOpen, unremoved } from "../model/unremoved.ts";
import { changeJob, doing, inRepository, logged, say, still, withJob, withoutJob } from "./changing.ts";
import { relist } from "./panes.ts";
import { withHiddenMarks } from "./settle.ts";

/**
 * `d`: plans the removal of the marked tags, else of the one under the cursor, and shows the preview; changes nothing.
 */
export function preview(model: Model): Step {
  const { repository } = model;
  if (repository === undefined) return still(model);
  const tag = tagAtCursor(repository);
  const tags = repository.marks.size > 0 ? [...namesOf(repository.marks)] : tag === undefined ? [] : [tag];
  return plan(model, repository.name, tags, "siblings");
}

function plan(model: Model, repository: RepositoryName, tags: readonly Tag[], proof: PreviewOverlay["proof"]): Step {
  const job = model.nextJob;
  const title = `removal of ${tags.length === 1 ? tags[0] : `${tags.length} tags`} from ${repository}`;
  const overlay: PreviewOverlay = {
    is: "preview",
    job,
    repository,
    tags,
    proof,
    plan: undefined,
    read: noReads(tags),
    trouble: undefined,
    typed: undefined,
    top: 0,
  };
  return doing(
    { ...withJob(model, { kind: "removal", title }), overlay },
    { do: "plan", job, repository, tags, proof },
  );
}

/** `p`: cancels the plan and makes one without scanning the siblings. */
export function chooseListing(model: Model): Step {
  const { overlay } = model;
  if (overlay?.is !== "preview") return still(model);
  const [next, effects] = plan(withoutJob(model, overlay.job), overlay.repository, overlay.tags, "listing");
  return doing(next, { do: "cancel", job: overlay.job }, ...effects);
}

/** Esc in the preview: cancels the removal; nothing was changed. */
export function leavePreview(model: Model): Step {
  const { overlay } = model;
  if (overlay?.is !== "preview") return still(model);
  const next = say({ ...withoutJob(model, overlay.job), overlay: undefined }, "nothing was changed");
  return doing(next, { do: "cancel", job: overlay.job });
}

/** Shows a plan in its preview, and records what the registry allows. */
export function planned(model: Model, { job, plan: found }: Extract<Message, { is: "planned" }>): Model {
  const { overlay } = model;
  if (overlay?.is !== "preview" || overlay.job !== job) return model;
  const { strategy, refusal } = found.capability;
  const next = { ...model, overlay: { ...overlay, plan: found } };
  if (strategy !== undefined) return { ...next, registry: { ...model.registry, capability: { can: true, strategy } } };
  if (refusal === undefined) return next;
  const why = sayTrouble({ code: refusal.code, says: refusal.message, next: refusal.next });
  return { ...next, registry: { ...model.registry, capability: { can: false, repository: overlay.repository, why } } };
}

/** `y`: starts the removal, or asks for the word to type first. Enter never confirms. */
export function confirm(model: Model): Step {
  const { overlay } = model;
  if (overlay?.is !== "preview") return still(model);
  if (mustType(model, overlay) !== undefined) return still({ ...model, overlay: { ...overlay, typed: "" } });
  return begin(model, overlay);
}

function begin(model: Model, { job }: PreviewOverlay): Step {
  const changing = changeJob(model, job, (one) => ({
    ...one,
    isChanging: true,
    doing: "beginning",
    done: 0,
    total: 0,
  }));
  return doing({ ...changing, overlay: { is: "progress", job } }, { do: "confirm", job });
}

/**
 * Text in the preview: typed as the word; once that is complete, the key `y` confirms, and no paste does. "" deletes a
 * character.
 */
export function typeWord(model: Model, text: string, { isConfirming }: { readonly isConfirming: boolean }): Step {
  const { overlay } = model;
  if (overlay?.is !== "preview" || overlay.typed === undefined) return still(model);
  const words = mustType(model, overlay) ?? [];
  if (words.includes(overlay.typed)) {
    if (isConfirming) return begin(model, overlay);
    if (text !== "") return still(say(model, "y removes them; Esc leaves"));
  }
  const typed = text === "" ? overlay.typed.slice(0, -1) : overlay.typed + text;
  return still({ ...model, overlay: { ...overlay, typed } });
}

/** Handles an event of a running operation. */
export function event(model: Model, job: number, told: UntagEvent): Model {
  if (told.kind === "note") {
    const about = told.tag === undefined ? told.repository : `${told.repository}:${told.tag}`;
    return logged(model, { severity: "note", says: `${about}: ${told.says}` });
  }
  if (told.kind === "outcome") return model;
  const { phase, done, total, read } = told;
  const next = changeJob(model, job, (one) => ({ ...one, doing: phaseWords[phase], done, total }));
  if (read === undefined) return next;
  const { overlay } = next;
  if (overlay?.is === "preview" && overlay.job === job) addRead(overlay.read, read.tag, read.digest);
  return inRepository(next, (open) => {
    if (open.name !== told.repository) return open;
    addRow(open.book, read);
    return { ...open, revision: open.revision + 1 };
  });
}

/** Shows the result of a removal, an undo or a recovery, unless something else has the keys; lists the tags again. */
export function removed(model: Model, { job, title, document }: Extract<Message, { is: "removed" }>): Step {
  const of = jobWith(model, job)?.kind ?? "removal";
  const ended = withRefusal(withoutJob(model, job), document);
  const isWatched = modeOf(model) === "panes" || jobOf(model.overlay) === job;
  const shown = isWatched
    ? { ...ended, toast: "", overlay: { is: "result", of, title, document, top: 0 } as const }
    : say(ended, title);
  return relist(withFailures(withoutGone(shown, document), document), { keepDigests: true });
}

/** Unmarks the tags that are gone. */
function withoutGone(model: Model, { tags }: RemovalDocument): Model {
  const gone = inOpen(
    model,
    tags.filter(({ outcome }) => outcome === "removed" || outcome === "absent"),
  ).map(({ tag }) => tag as Tag);
  return inRepository(model, (open) => withHiddenMarks({ ...open, marks: withoutMarks(open.marks, gone) }));
}

/** The most failures of one operation that go to the log. */
const mostFailures = 100;

function withFailures(model: Model, { tags }: RemovalDocument): Model {
  const failures = tags.filter(({ reason }) => reason !== undefined).slice(0, mostFailures);
  return failures.reduce((next, { repository, tag, outcome, reason }) => {
    return logged(next, { severity: "note", says: `${repository}:${tag} ${outcome}: ${reason}` });
  }, model);
}

/** Where the registry refused every tag, records that nothing can be removed in this repository, and why. */
function withRefusal(model: Model, { tags }: RemovalDocument): Model {
  const [first] = tags;
  const codes = ["UNSUPPORTED", "DENIED", "UNAUTHORIZED"];
  const isRefused = tags.every(({ outcome, code = "" }) => outcome === "refused" && codes.includes(code));
  if (first?.reason === undefined || !isRefused) return model;
  const repository = first.repository.slice(first.repository.indexOf("/") + 1);
  return { ...model, registry: { ...model.registry, capability: { can: false, repository, why: first.reason } } };
}

/** Ends a job that has no result; with `trouble` it failed, otherwise it was stopped or had none to show. */
export function endJob(model: Model, { job, trouble }: { readonly job: number; readonly trouble?: Trouble }): Model {
  const ended = jobWith(model, job);
  const next = withoutShownJob(model, job);
  if (trouble === undefined || ended === undefined) return next;
  const told = logged(next, { severity: "error", says: `${ended.title}: ${sayTrouble(trouble)}` });
  const { overlay } = told;
  return overlay?.is === "preview" && overlay.job === job ? { ...told, overlay: { ...overlay, trouble } } : told;
}

/** Removes a job, and closes its progress. */
function withoutShownJob(model: Model, job: number): Model {
  const isShown = model.overlay?.is === "progress" && model.overlay.job === job;
  return withoutJob(isShown ? { ...model, overlay: undefined } : model, job);
}

/** `r`: plans the removal of the failed tags again. */
export function again(model: Model): Step {
  const { overlay, repository } = model;
  if (overlay?.is !== "result" || repository === undefined) return still(model);
  const failed = inOpen(model, unremoved(overlay));
  return plan(
    model,
    repository.name,
    failed.map(({ tag }) => tag as Tag),
    "siblings",
  );
}

/** `u`: puts back what an operation removed, by default the last one; does not ask, since it is harmless. */
export function undo(model: Model, operation?: string): Step {
  const job = model.nextJob;
  const begun = withJob(model, {
    kind: "undo",
    title: operation === undefined ? "undo of the last operation" : `undo of ${operation}`,
    isChanging: true,
  });
  return doing({ ...begun, overlay: { is: "progress", job } }, { do: "undo", job, operation });
}
