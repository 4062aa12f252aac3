import { type Model, tagAtCursor } from "../model/model.ts";
import { summaryOf } from "../model/plan-summary.ts";
import { inOpen, unremoved } from "../model/unremoved.ts";

/** Why an act cannot be done now, in words for the person; undefined where it can. */
type Reason = (model: Model) => string | undefined;

/** For acts that need an open registry. */
export const noRegistry: Reason = ({ registry }) =>
  registry.address === undefined ? "no registry is open: o opens one" : undefined;

/** For acts that need an open repository. */
export const noRepository: Reason = ({ repository }) =>
  repository === undefined ? "no repository is open: Enter opens the one under the cursor" : undefined;

/** For going in: the detail has nothing inside. */
export const nothingInside: Reason = ({ focus }) =>
  focus === "detail" ? "there is nothing further in: Esc goes back" : undefined;

/** For acts that need a repository with tags. */
export const noTags: Reason = (model) =>
  noRepository(model) ?? (model.repository?.book.names.length === 0 ? "there are no tags" : undefined);

/** For acts on the tag under the cursor. */
export const noTag: Reason = (model) =>
  noTags(model) ??
  (model.repository && tagAtCursor(model.repository) === undefined ? "the cursor is on no tag" : undefined);

/** For acts that mark tags. */
export const noMark: Reason = (model) =>
  noTags(model) ?? (model.focus === "repositories" ? "tags are marked, not repositories: go into one" : undefined);

/** For acts that need a marked tag. */
export const noMarks: Reason = (model) =>
  noRepository(model) ?? (model.repository?.marks.size === 0 ? "nothing is marked" : undefined);

/** For removing: read-only, no tag chosen, a registry known to refuse, or a removal under way. */
export const noRemoval: Reason = (model) => {
  const { registry, focus, repository, jobs } = model;
  if (registry.isReadOnly) return "read-only: nothing is removed, put back or recovered";
  const missing = noTags(model);
  if (missing !== undefined) return missing;
  if (focus === "repositories") return "tags are removed, not repositories: go into one";
  if (registry.capability?.can === false && registry.capability.repository === repository?.name)
    return registry.capability.why;
  if (jobs.some(({ kind }) => kind === "removal")) return "a removal is already running: w shows it";
  if (repository?.marks.size === 0 && tagAtCursor(repository) === undefined)
    return "the cursor is on no tag, and none is marked";
  return undefined;
};

/** For undo: read-only, or something is being changed. */
export const noUndo: Reason = (model) => {
  const { registry } = model;
  if (registry.address === undefined) return "no registry is open";
  return registry.isReadOnly ? "read-only: nothing is put back" : whileChanging(model);
};

const whileChanging: Reason = ({ jobs }) =>
  jobs.some(({ isChanging }) => isChanging) ? "something is being changed: wait for its end" : undefined;

/** For the doctor, whose probes are deletions, so that read-only rules it out. */
export const noDoctor: Reason = (model) =>
  model.registry.isReadOnly
    ? "read-only: the doctor asks for deletions of what does not exist, and is left out"
    : noRegistry(model);

/** For undoing the operation under the cursor of the history. */
export const notUndoable: Reason = (model) => {
  const { overlay } = model;
  if (overlay?.is !== "history") return undefined;
  const operation = overlay.operations?.[overlay.cursor];
  if (operation === undefined) return "there is no operation";
  if (operation.state === "done" && !operation.undoable) return "it cannot be undone: it removed for good";
  if (!operation.undoable) return `it cannot be undone: it is ${operation.state}`;
  if (operation.registry !== model.registry.address?.host)
    return `it was on ${operation.registry}: open that registry first`;
  return noUndo(model);
};

/** For confirming a plan: it is not there yet, failed, or removes nothing. */
export const noConfirmation: Reason = (model) => {
  const { overlay } = model;
  if (overlay?.is !== "preview") return undefined;
  if (overlay.trouble !== undefined) return "the plan failed: Esc leaves it";
  if (overlay.plan === undefined)
    return overlay.proof === "siblings"
      ? "wait until the siblings are scanned, or choose the listing proof with p"
      : "wait until the plan is there";
  return summaryOf(overlay.plan).removed > 0 ? undefined : "none of these tags can be removed; the lines say why";
};

/** For choosing the listing proof: it is chosen, or the plan is there already. */
export const noOtherProof: Reason = ({ overlay }) => {
  if (overlay?.is !== "preview") return undefined;
  if (overlay.plan !== undefined) return "the plan is there already";
  return overlay.proof === "listing" ? "it is chosen already" : undefined;
};

/** For trying again: no tag of the result failed, or they are in another repository than the one that is open. */
export const noneFailed: Reason = (model) => {
  const { overlay } = model;
  const failed = overlay?.is === "result" ? unremoved(overlay) : [];
  if (failed.length === 0) return "no removal failed";
  return inOpen(model, failed).length > 0 ? undefined : "what failed is in another repository: open that one";
};

/** For recovering: read-only, nothing was cut off, or something is being changed, which looks as if it were cut off. */
export const noRecovery: Reason = (model) => {
  const { overlay, registry } = model;
  if (registry.isReadOnly) return "read-only: nothing is recovered";
  if (overlay?.is === "recover" && overlay.operations === 0) return "nothing is left to recover";
  return whileChanging(model);
};
