import type { Exchange } from "../../http/connection/observed.ts";
import { RegistryError } from "../../registry/errors.ts";
import type { RepositoryName, Tag } from "../../registry/names.ts";
import { parseRegistryPrefix } from "../../registry/reference.ts";
import type { Clock } from "../../support/clock.ts";
import { type ListedTag, listTags } from "../reading/list-tags.ts";
import { type TagDocument, tagDocumentAmong } from "../reading/tag-document.ts";
import { ordered, sharersByDigest } from "../reading/tag-order.ts";
import { type RemovalDocument, removalDocument } from "../removing/removal-document.ts";
import { type Places, removeTags } from "../removing/remove-tags.ts";
import { findUndoable, undoRemoval } from "../removing/undo-removal.ts";
import { openSession, type Session } from "../session.ts";
import { fillWithSamples, sampleSiblings } from "./sample-images.ts";
import { serveRegistry } from "./serve-registry.ts";

/** One step of a demonstration; every request, table and removal in it really happened. */
export type DemonstrationStep =
  | { readonly kind: "heading" | "words" | "command"; readonly text: string }
  | { readonly kind: "request"; readonly exchange: Exchange }
  | { readonly kind: "tags"; readonly repository: string; readonly tags: readonly TagDocument[] }
  | { readonly kind: "removal"; readonly document: RemovalDocument };

/** What a demonstration needs from its surroundings. */
export interface DemonstrationOptions extends Places {
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly host: string;
  readonly signal?: AbortSignal;
}

const { repository, keep, remove } = sampleSiblings;

/**
 * Serves sample images as distribution 2 would, loses a tag by deleting its manifest, then removes a tag with tagwise
 * and puts it back.
 */
export async function* demonstration(options: DemonstrationOptions): AsyncGenerator<DemonstrationStep> {
  const served = await serveRegistry({ addr: "127.0.0.1:0", behaveLike: "distribution2" });
  try {
    await fillWithSamples(served.registry);
    const { registry: address } = parseRegistryPrefix(served.url);
    const seen: Exchange[] = [];
    const session = openSession(address, { observe: (exchange) => seen.push(exchange) });
    const stage: Stage = { session, name: `${address.host}/${repository}`, seen, options };
    yield* opening(stage);
    yield* problem(stage);
    await fillWithSamples(served.registry);
    yield* answer(stage);
  } finally {
    await served.close();
  }
}

interface Stage {
  readonly session: Session;
  /** The repository with the host in front. */
  readonly name: string;
  readonly seen: Exchange[];
  readonly options: DemonstrationOptions;
}

async function* opening(stage: Stage): AsyncGenerator<DemonstrationStep> {
  yield words(
    `A registry with sample images now runs at ${stage.session.address.host}, inside this process. It behaves like`,
  );
  yield words("distribution 2, the registry that most private servers run. Everything below really happens on it.");
  yield command(`tagwise tags ${stage.name}`);
  yield await tagTable(stage);
  yield words(`${keep} and ${remove} are names of the same image. ${remove} is to go, ${keep} must stay.`);
}

async function* problem(stage: Stage): AsyncGenerator<DemonstrationStep> {
  const { registry } = stage.session;
  yield heading("The problem");
  yield words("Such a registry does not know how to delete a tag:");
  yield* requested(stage, () => registry.deleteTag(repository, remove));
  yield words("It deletes manifests, by digest. So that is what scripts do:");
  const { digest } = await registry.resolve(repository, remove);
  yield* requested(stage, () => registry.deleteManifest(repository, digest));
  yield command(`tagwise tags ${stage.name}`);
  yield await tagTable(stage);
  yield words(
    `${keep} is gone too, with every other name of the image. Nobody asked for that; the registry said 202 Accepted.`,
  );
}

async function* answer(stage: Stage): AsyncGenerator<DemonstrationStep> {
  yield heading("The answer");
  yield words("The images have been pushed again. Now with tagwise:");
  yield command(`tagwise rm ${stage.name}:${remove} --yes`);
  const removed = await removal(stage);
  yield { kind: "removal", document: removed };
  yield command(`tagwise tags ${stage.name}`);
  yield await tagTable(stage);
  yield words(`${keep} stands. And should ${remove} be missed after all:`);
  yield command(`tagwise undo ${removed.operation}`);
  yield { kind: "removal", document: await undone(stage, removed.operation ?? undefined) };
  yield command(`tagwise tags ${stage.name}`);
  yield await tagTable(stage);
}

const heading = (text: string) => ({ kind: "heading", text }) as const;
const words = (text: string) => ({ kind: "words", text }) as const;
const command = (text: string) => ({ kind: "command", text }) as const;

/** Sends one request and yields it with its answer, also where the registry refuses. */
async function* requested({ seen }: Stage, send: () => Promise<void>): AsyncGenerator<DemonstrationStep> {
  seen.length = 0;
  await send().catch((error) => {
    if (!(error instanceof RegistryError)) throw error;
  });
  for (const exchange of seen.filter(({ method }) => method === "DELETE")) yield { kind: "request", exchange };
}

async function tagTable({ session, name, options: { signal } }: Stage): Promise<DemonstrationStep> {
  const all: ListedTag[] = [];
  for await (const event of listTags(session.registry, repository, { concurrency: 8, signal })) {
    if (event.kind === "tag") all.push(event.listed);
  }
  const tags = ordered(all);
  const sharers = sharersByDigest(tags);
  const documents = tags.map((listed) => tagDocumentAmong(listed, listed.digest && sharers.get(listed.digest)));
  return { kind: "tags", repository: name, tags: documents };
}

async function removal({ session, options }: Stage): Promise<RemovalDocument> {
  const removed = await removeTags(session, [{ repository, targets: [{ tag: remove }] }], {
    ...options,
    ...calm,
    strategy: "auto",
    verify: "auto",
    noUndo: false,
    dryRun: false,
    protectedBy: (_repository: RepositoryName, _tag: Tag) => undefined,
    confirm: async () => true,
  });
  return removalDocument(session.address, removed);
}

async function undone({ session, options }: Stage, operation: string | undefined): Promise<RemovalDocument> {
  const before = session.requests();
  const began = options.clock.ticks();
  const request = await findUndoable(options, { operation });
  const reports = await undoRemoval(session, request, { ...options, ...calm, force: false });
  return removalDocument(session.address, {
    operation: request.operation.operation,
    dryRun: false,
    reports,
    requests: session.requests() - before,
    milliseconds: Math.round(options.clock.ticks() - began),
  });
}

const calm = { concurrency: 8, wait: 30_000, emit: () => {} } as const;
