import { namesHost } from "../../registry/hosts.ts";
import { parseRepositoryName } from "../../registry/names.ts";
import { parseImageReference, parseRegistryPrefix, type RegistryAddress } from "../../registry/reference.ts";
import { messageOf } from "../../support/message-of.ts";
import { modeOf } from "../keys/pressing.ts";
import type { Message, Step } from "../message.ts";
import { jobWith } from "../model/job.ts";
import { type Model, tagAtCursor } from "../model/model.ts";
import type { Overlay } from "../model/overlays.ts";
import { changeJob, doing, say, still, withJob } from "./changing.ts";
import { openRepository } from "./panes.ts";

/** Opens an overlay, or replaces the one that is open. */
export function over(model: Model, overlay: Overlay): Step {
  return still({ ...model, overlay });
}

/** Closes the overlay. */
export function close(model: Model): Step {
  return still({ ...model, overlay: undefined });
}

/** `U`: opens the history, and reads the journal. */
export function openHistory(model: Model): Step {
  return doing({ ...model, overlay: { is: "history", operations: undefined, cursor: 0, top: 0 } }, { do: "history" });
}

/** Fills the history, if it is still open. */
export function showHistory(model: Model, { document }: Extract<Message, { is: "history" }>): Model {
  const { overlay } = model;
  if (overlay?.is !== "history") return model;
  const broken = document.unreadable ?? [];
  const next = { ...model, overlay: { ...overlay, operations: document.operations } };
  return broken.length === 0 ? next : say(next, `${broken.length} files of the journal cannot be read`);
}

/** `i`: opens the doctor's page, and examines the registry. */
export function openDoctor(model: Model): Step {
  const begun = withJob(model, { kind: "doctor", title: "examination of the registry" });
  const effect = { do: "doctor", job: model.nextJob, repository: model.repository?.name } as const;
  return doing({ ...begun, overlay: { is: "doctor", document: undefined, top: 0 } }, effect);
}

/** Records what the registry allows, and fills the doctor's page, if it is still open. */
export function showDoctor(model: Model, { document }: Extract<Message, { is: "doctor" }>): Model {
  const { overlay } = model;
  const { strategy, findings, repository, kind } = document;
  const problem = findings.find(({ severity }) => severity === "problem")?.says ?? "no tag can be removed here";
  const capability =
    strategy === null ? ({ can: false, repository, why: problem } as const) : ({ can: true, strategy } as const);
  const next = { ...model, registry: { ...model.registry, kind, capability } };
  return overlay?.is === "doctor" ? { ...next, overlay: { ...overlay, document } } : next;
}

/** Copies something of the tag under the cursor to the clipboard. */
export function copy(model: Model, what: "reference" | "digest" | "pull"): Step {
  const { repository, registry } = model;
  const tag = repository && tagAtCursor(repository);
  const closed = { ...model, overlay: undefined };
  if (repository === undefined || tag === undefined) return still(closed);
  const reference = `${registry.address?.host}/${repository.name}:${tag}`;
  const digest = repository.book.digests.get(tag);
  if (what === "digest" && digest === undefined) return still(say(closed, "its digest is not known yet"));
  const text = { reference, digest: String(digest), pull: `docker pull ${reference}` }[what];
  return doing(say(closed, `copied ${text}`), { do: "copy", text });
}

/** Shows operations that were cut off; where something else has the keys, only a hint on the status line. */
export function showRemnants(model: Model, { operations, lines }: Extract<Message, { is: "remnants" }>): Model {
  if (modeOf(model) !== "panes" && modeOf(model) !== "recover")
    return say(model, "something is left to recover: ctrl-r");
  return { ...model, overlay: { is: "recover", operations, lines } };
}

/** Starts recovering the operations that were cut off. */
export function recover(model: Model, { rollback }: { readonly rollback: boolean }): Step {
  const job = model.nextJob;
  const title = rollback ? "putting the originals back" : "finishing what was cut off";
  const begun = withJob(model, { kind: "recovery", title, isChanging: true });
  return doing({ ...begun, overlay: { is: "progress", job } }, { do: "recover", job, rollback });
}

/** Opens what was typed, or the recent name that was chosen; an invalid name is reported in the prompt. */
export function openNamed(model: Model): Step {
  const { overlay, recents } = model;
  if (overlay?.is !== "open") return still(model);
  const text = overlay.cursor > 0 ? (recents[overlay.cursor - 1] ?? "") : overlay.text.trim();
  if (text === "") return over(model, { ...overlay, trouble: "type a name, or go down to one that was opened lately" });
  try {
    const { address, repository } = placeNamed(text, model.registry.address);
    const closed = { ...model, overlay: undefined };
    if (address.origin.href === model.registry.address?.origin.href && repository !== undefined)
      return openRepository(closed, repository);
    return doing(closed, { do: "connect", address, repository });
  } catch (error) {
    return over(model, { ...overlay, trouble: messageOf(error) });
  }
}

type Place = {
  readonly address: RegistryAddress;
  readonly repository: ReturnType<typeof parseRepositoryName> | undefined;
};

/** Parses a name; without a host it is a repository of the open registry. */
function placeNamed(text: string, here: RegistryAddress | undefined): Place {
  const first = text.replace(/^https?:\/\//, "").split("/")[0] ?? "";
  const hasHost = /^https?:/.test(text) || namesHost(first);
  if (here !== undefined && !hasHost) return { address: here, repository: parseRepositoryName(text) };
  if (!text.replace(/^https?:\/\//, "").includes("/"))
    return { address: parseRegistryPrefix(text).registry, repository: undefined };
  const { registry, repository } = parseImageReference(text);
  return { address: registry, repository };
}

/** Enter in the login prompt: goes from the name to the password, then logs in. */
export function submitLogin(model: Model): Step {
  const { overlay } = model;
  if (overlay?.is !== "login") return still(model);
  const { username, password, field } = overlay;
  if (field === "username") return over(model, { ...overlay, field: "password" });
  if (username === "") return over(model, { ...overlay, field: "username" });
  return doing({ ...model, overlay: undefined }, { do: "login", username, password });
}

/** `q`: quits; asks first where something is being changed. */
export function quit(model: Model): Step {
  const isChanging = model.jobs.some((job) => job.isChanging);
  return isChanging ? over(model, { is: "quit" }) : doing(model, { do: "quit" });
}

/** ctrl-c: stops the newest running job; without one, quits. */
export function interrupt(model: Model): Step {
  const job = model.jobs.findLast(({ isStopping }) => !isStopping);
  if (job === undefined) return quit({ ...model, overlay: undefined });
  return stopJob(model, job.id);
}

/** Asks a job to stop in good order; closes its preview. */
export function stopJob(model: Model, id: number): Step {
  const job = jobWith(model, id);
  if (job === undefined) return still(model);
  const stopping = changeJob(model, id, (one) => ({ ...one, isStopping: true }));
  const isPreview = model.overlay?.is === "preview" && model.overlay.job === id;
  const next = isPreview ? { ...stopping, overlay: undefined } : stopping;
  return doing(say(next, `stopping: ${job.title}`), { do: "cancel", job: id });
}
