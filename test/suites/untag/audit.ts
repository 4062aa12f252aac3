import { expect } from "vitest";
import type { RemovalRequest } from "../../../src/app/removing/plan-removal.ts";
import type { RemovalDocument, RemovalDocumentTag } from "../../../src/app/removing/removal-document.ts";
import { isManifestOf } from "../../../src/registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../../../src/registry/names.ts";
import { everyTag } from "../../../src/registry/pages.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { readDecoy } from "../../../src/untag/decoy.ts";
import { stateOf } from "../../../src/untag/journal/journal.ts";
import type { Removed, Stage } from "./stage.ts";

/** Where each tag of some repositories stands; `undefined` for one that is listed without a manifest. */
export type Standings = ReadonlyMap<string, Digest | undefined>;

export async function standingsOf(registry: Registry, repositories: readonly RepositoryName[]): Promise<Standings> {
  const found = new Map<string, Digest | undefined>();
  for (const repository of repositories) {
    for (const tag of await everyTag(registry, repository)) {
      found.set(nameOf(repository, tag), await digestAt(registry, repository, tag));
    }
  }
  return found;
}

export function nameOf(repository: RepositoryName, tag: Tag): string {
  return `registry.test/${repository}:${tag}`;
}

export async function digestAt(registry: Registry, repository: RepositoryName, tag: Tag): Promise<Digest | undefined> {
  return registry.resolve(repository, tag).then(
    ({ digest }) => digest,
    () => undefined,
  );
}

interface Audited {
  readonly requests: readonly RemovalRequest[];
  readonly before: Standings;
  /** Undefined where the removal threw. */
  readonly removed: Removed | undefined;
  /** Tags that somebody else pushed to meanwhile, and what. */
  readonly pushed?: ReadonlyMap<string, Digest>;
  /** True where the journal could not be written to its end. */
  readonly isCut?: boolean;
}

/**
 * What holds after every removal, however it ended: nobody else's tag has changed, and each word of the report is true.
 */
export async function audit(stage: Stage, audited: Audited): Promise<void> {
  const { requests, removed, isCut = false } = audited;
  const after = await standingsOf(
    stage.bare,
    requests.map(({ repository }) => repository),
  );
  expectOthersAlone(audited, after);
  if (removed === undefined) return;
  const { document, code } = removed;
  for (const tag of document.tags) await expectTrue(stage, tag, { ...audited, after, document });
  const isOpen = document.tags.some((tag) => tag.code === "STRANDED") || document.lost !== undefined;
  expect(code).toBe(isOpen ? 5 : codeFor(document.tags));
  const { operations, unreadable } = await stage.journal.list();
  expect(unreadable).toEqual([]);
  const [operation] = operations;
  if (operation !== undefined) expect(stateOf(operation) === "open", "open in the journal").toBe(isOpen || isCut);
}

/** Tags that were not chosen, and all of them where the removal threw: that may happen only before the first change. */
function expectOthersAlone({ requests, before, removed, pushed = new Map() }: Audited, after: Standings): void {
  const names = requests.flatMap(({ repository, targets }) => targets.map(({ tag }) => nameOf(repository, tag)));
  const chosen = new Set(removed === undefined ? [] : names);
  for (const [name, digest] of before) {
    if (!chosen.has(name)) expect([name, after.get(name)]).toEqual([name, pushed.get(name) ?? digest]);
  }
  const strangers = [...after.keys()].filter((name) => !before.has(name) && !pushed.has(name));
  expect(strangers, "tags that nobody asked for").toEqual([]);
}

interface Told extends Audited {
  readonly after: Standings;
  readonly document: RemovalDocument;
}

async function expectTrue(
  stage: Stage,
  { repository, tag, digest, outcome, code }: RemovalDocumentTag,
  { before, after, document }: Told,
): Promise<void> {
  const name = `${repository}:${tag}`;
  if (code === "STRANDED") return expectJournalled(stage, document.operation ?? "", name);
  const told = [name, outcome, code].join(" ");
  const stands = after.get(name);
  if (outcome === "removed" || outcome === "absent") expect(after.has(name), told).toBe(false);
  else expect([told, stands]).toEqual([told, outcome === "kept" ? digest : before.get(name)]);
  await expectNoDecoy(stage, stands, name);
}

function codeFor(tags: Removed["document"]["tags"]): number {
  if (tags.every(({ outcome }) => outcome === "removed" || outcome === "absent")) return 0;
  if (tags.some(({ outcome }) => outcome === "removed")) return 3;
  return tags.some(({ outcome }) => outcome === "failed" || outcome === "restored") ? 1 : 4;
}

async function expectJournalled(stage: Stage, operation: string, name: string): Promise<void> {
  const found = await stage.journal.read(operation);
  const repository = found?.repositories.find((one) => name.startsWith(`registry.test/${one.repository}:`));
  const digest = repository?.tags.find(({ tag }) => name.endsWith(`:${tag}`))?.digest;
  const manifest = digest === undefined ? undefined : found?.manifests.get(digest);
  expect(digest !== undefined && manifest !== undefined && isManifestOf(digest, manifest), name).toBe(true);
}

async function expectNoDecoy({ bare, session }: Stage, digest: Digest | undefined, name: string): Promise<void> {
  if (digest === undefined) return;
  const [repository = ""] = name.slice(session.address.host.length + 1).split(":");
  const manifest = await bare.getManifest(repository as RepositoryName, digest);
  expect(readDecoy(manifest), `${name} stands on a decoy`).toBeUndefined();
}
