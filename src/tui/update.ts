import type { Key } from "./keys/key.ts";
import { actFor, modeOf } from "./keys/pressing.ts";
import type { Message, Step } from "./message.ts";
import { emptyList } from "./model/list.ts";
import { type Model, unknownRegistry } from "./model/model.ts";
import { act } from "./update/acting.ts";
import { changeJob, logged, still } from "./update/changing.ts";
import { click } from "./update/clicking.ts";
import { addInspection, addRepositories, addRows, addTags, endRepositories, endTags, start } from "./update/listing.ts";
import { showDoctor, showHistory, showRemnants } from "./update/overlays.ts";
import { endJob, event, planned, removed } from "./update/removing.ts";
import { settled } from "./update/settle.ts";
import { typed } from "./update/typing.ts";
import type { ToldExchange } from "./world.ts";

/** The model after a message, and the effects to carry out. Pure, except that names and books are changed in place. */
export function update(model: Model, message: Message): Step {
  return settled(message.is === "key" ? pressed({ ...model, toast: "" }, message.key) : received(model, message));
}

function pressed(model: Model, key: Key): Step {
  const name = actFor(modeOf(model), key);
  return name === undefined ? typed(model, key) : act(model, name);
}

function received(model: Model, message: Exclude<Message, { is: "key" }>): Step {
  switch (message.is) {
    case "start":
      return start(model, message);
    case "repositories-end":
      return endRepositories(model, message.trouble);
    case "tags-end":
      return endTags(model, message);
    case "removed":
      return removed(model, message);
    case "paste":
      return typed(model, { name: "paste", text: message.text });
    default:
      return still(heard(model, message));
  }
}

type Heard = Exclude<Message, { is: "key" | "start" | "repositories-end" | "tags-end" | "removed" | "paste" }>;

/** Handles messages that only change the model. */
function heard(model: Model, message: Heard): Model {
  switch (message.is) {
    case "resize":
      return { ...model, size: message.size };
    case "registry":
      return { ...model, registry: { ...model.registry, ...known(message) } };
    case "repositories":
      return addRepositories(model, message.names);
    case "tags":
      return addTags(model, message);
    case "rows":
      return addRows(model, message.repository, message.rows);
    case "inspected":
      return addInspection(model, message);
    case "click":
      return click(model, message);
    default:
      return noted(model, message);
  }
}

type Noted = Exclude<Heard, { is: "resize" | "registry" | "repositories" | "tags" | "rows" | "inspected" | "click" }>;

function noted(model: Model, message: Noted): Model {
  switch (message.is) {
    case "progress":
      return changeJob(model, message.job, (job) => ({
        ...job,
        doing: message.doing,
        done: message.done,
        total: message.total,
      }));
    case "job-end":
      return endJob(model, message);
    case "event":
      return event(model, message.job, message.event);
    case "planned":
      return planned(model, message);
    case "history":
      return showHistory(model, message);
    case "remnants":
      return showRemnants(model, message);
    case "doctor":
      return showDoctor(model, message);
    case "log":
      return logged(model, message.line);
    case "exchange":
      return exchanged(model, message.exchange);
    case "login-wanted":
      return wantLogin(model, message);
    case "connected":
      return connected(model, message);
    case "recents":
      return { ...model, recents: message.names };
  }
}

const mostRequests = 500;

function exchanged(model: Model, exchange: ToldExchange): Model {
  const requests = [...model.requests, { ...exchange, at: model.now }].slice(-mostRequests);
  const failure = exchange.status === undefined ? exchange.about : undefined;
  return { ...model, requests, registry: { ...model.registry, failure } };
}

function known({ user, kind }: Extract<Message, { is: "registry" }>): Partial<Model["registry"]> {
  return { ...(user !== undefined && { user }), ...(kind !== undefined && { kind }) };
}

/**
 * Opens the login prompt, but not over a plan that waits for its confirmation, and not for a refused catalog while a
 * repository is open: many registries refuse only the catalog.
 */
function wantLogin(model: Model, { refused, isForCatalog }: Extract<Message, { is: "login-wanted" }>): Model {
  const { overlay, focus } = model;
  const isWaiting = overlay?.is === "preview" && overlay.trouble === undefined;
  if (isWaiting || overlay?.is === "login" || (isForCatalog && focus !== "repositories")) return model;
  const trouble = refused ? "the registry refused this name and password" : "";
  return { ...model, overlay: { is: "login", username: "", password: "", field: "username", trouble } };
}

/** The model after another registry was opened; nothing of the one before is kept. */
function connected(model: Model, { address, isReadOnly, isProduction }: Extract<Message, { is: "connected" }>): Model {
  const registry = { address, ...unknownRegistry, isReadOnly, isProduction };
  return {
    ...model,
    registry,
    repositories: { names: [], listing: "running", trouble: undefined, list: emptyList },
    repository: undefined,
    leftMarks: new Map(),
    lookedAt: "",
    focus: "repositories",
  };
}
