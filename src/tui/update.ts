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

/** The model after a message, and the effects to carry out. Pure, except that names and books are changed in place. */
export function update(model: Model, message: Message): Step {
  const receive = receiving[message.is] as (model: Model, message: Message) => Step; // which takes messages of this kind
  return settled(receive(model, message));
}

type Receiving = { readonly [Is in Message["is"]]: (model: Model, message: Extract<Message, { is: Is }>) => Step };

const changing =
  <Received>(change: (model: Model, message: Received) => Model) =>
  (model: Model, message: Received): Step =>
    still(change(model, message));

/** What each message does. */
const receiving: Receiving = {
  key: (model, { key }) => pressed({ ...model, toast: "" }, key),
  paste: (model, { text }) => typed(model, { name: "paste", text }),
  click: changing(click),
  resize: changing((model, { size }) => ({ ...model, size })),

  start,
  connected: changing(connected),
  recents: changing((model, { names }) => ({ ...model, recents: names })),
  registry: changing(known),
  "login-wanted": changing(wantLogin),
  exchange: changing(exchanged),
  log: changing((model, { line }) => logged(model, line)),

  repositories: changing((model, { names }) => addRepositories(model, names)),
  "repositories-end": (model, { trouble }) => endRepositories(model, trouble),
  tags: changing(addTags),
  "tags-end": endTags,
  rows: changing((model, { repository, rows }) => addRows(model, repository, rows)),
  inspected: changing(addInspection),

  progress: changing(progressed),
  event: changing((model, message) => event(model, message.job, message.event)),
  planned: changing(planned),
  removed,
  "job-end": changing(endJob),
  history: changing(showHistory),
  remnants: changing(showRemnants),
  doctor: changing(showDoctor),
};

function pressed(model: Model, key: Key): Step {
  const name = actFor(modeOf(model), key);
  return name === undefined ? typed(model, key) : act(model, name);
}

function progressed(model: Model, { job, doing, done, total }: Extract<Message, { is: "progress" }>): Model {
  return changeJob(model, job, (one) => ({ ...one, doing, done, total }));
}

const mostRequests = 500;

function exchanged(model: Model, { exchange }: Extract<Message, { is: "exchange" }>): Model {
  const requests = [...model.requests, { ...exchange, at: model.now }].slice(-mostRequests);
  const failure = exchange.status === undefined ? exchange.about : undefined;
  return { ...model, requests, registry: { ...model.registry, failure } };
}

function known(model: Model, { user, kind }: Extract<Message, { is: "registry" }>): Model {
  const told = { ...(user !== undefined && { user }), ...(kind !== undefined && { kind }) };
  return { ...model, registry: { ...model.registry, ...told } };
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
