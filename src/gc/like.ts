import { mediaTypes } from "../registry/image.ts";
import type { RepositoryName } from "../registry/names.ts";
import type { ReadManifest, RepositorySnapshot, Snapshot } from "./snapshot.ts";

/** Whose `garbage-collect` is imitated. */
export type OriginalCollector = "distribution2" | "distribution3";

/** What the registry's own `garbage-collect` would delete, or why it would abort before deleting anything. */
export type OriginalResult =
  | { readonly aborts: string }
  | {
      readonly aborts?: undefined;
      /** Its mark set, by digest number; it also holds digests that are nowhere in the tree. */
      readonly marked: ReadonlySet<number>;
      readonly manifests: readonly Located[];
      /** Deleted by version 3 only. */
      readonly layerLinks: readonly Located[];
      readonly blobs: readonly number[];
    };

/** A digest, by its number in the table, in one repository. */
export interface Located {
  readonly repository: RepositoryName;
  readonly digest: number;
}

/**
 * Computes exactly what `garbage-collect` (with `untagged`: `-m`) of one version does with a tree, bugs included. Pure.
 */
export function likeOriginal(
  snapshot: Snapshot,
  original: OriginalCollector,
  { untagged }: { readonly untagged: boolean },
): OriginalResult {
  const { repositories, blobs, digests } = snapshot;
  const state: State = {
    snapshot,
    isThird: original === "distribution3",
    untagged,
    marked: new Set(),
    manifests: [],
    layerLinks: [],
  };
  if (repositories.length === 0) return { aborts: "there is no repository folder" };
  for (const repository of repositories) {
    const part = state.isThird ? "manifests" : "layers";
    const aborts = repository.parts.has(part) ? visit(state, repository) : undefined;
    if (aborts !== undefined) return { aborts: `${repository.name}: ${aborts}` };
  }
  const { marked } = state;
  const swept: number[] = [];
  for (let id = 0; id < digests.size; id++) if (blobs.has(id) && !marked.has(id)) swept.push(id);
  const manifests = state.isThird ? state.manifests.filter(({ digest }) => !marked.has(digest)) : state.manifests;
  return { marked, manifests, layerLinks: state.layerLinks, blobs: swept };
}

interface State {
  readonly snapshot: Snapshot;
  readonly isThird: boolean;
  readonly untagged: boolean;
  readonly marked: Set<number>;
  readonly manifests: Located[];
  readonly layerLinks: Located[];
}

/** Visits one repository; returns why the collector would abort there, or undefined. */
function visit(state: State, repository: RepositorySnapshot): string | undefined {
  const { name } = repository;
  const aborts = repository.parts.has("revisions") ? enumerate(state, repository) : undefined;
  if (aborts !== undefined || !state.isThird) return aborts;
  if (!repository.parts.has("layers")) return "it has no layers folder";
  if (hasProblem(state, name, "layer")) return "a layer link is garbled";
  for (const target of inOrder(state, repository.layerTargets ?? new Map())) {
    const resolved = repository.layerTargets?.get(target);
    if (resolved === undefined || !state.snapshot.blobs.has(resolved)) continue;
    if (!state.marked.has(target)) state.layerLinks.push({ repository: name, digest: target });
  }
  return undefined;
}

function enumerate(state: State, repository: RepositorySnapshot): string | undefined {
  if (hasProblem(state, repository.name, "revision")) return "a revision link is garbled";
  const tagged = new Set(repository.tags.values());
  for (const digest of inOrder(state, repository.revisions)) {
    const target = resolve(state, repository, digest);
    const isKept = !state.untagged || tagged.has(digest);
    const aborts = target === undefined ? undefined : take(state, repository, { digest, target, isKept });
    if (aborts !== undefined) return aborts;
  }
  return undefined;
}

interface Enumerated {
  readonly digest: number;
  readonly target: number;
  readonly isKept: boolean;
}

function take(
  state: State,
  repository: RepositorySnapshot,
  { digest, target, isKept }: Enumerated,
): string | undefined {
  const { name, parts } = repository;
  if (state.untagged && hasProblem(state, name, "tag")) return "a tag's link is garbled";
  if (isKept) {
    state.marked.add(digest);
    return markReferences(state, repository, target);
  }
  if (parts.has("tags")) state.manifests.push({ repository: name, digest });
  else if (!state.isThird) return "it has no tags folder";
  return undefined; // without a tags folder, version 3 keeps the manifest and sweeps its blobs
}

function markReferences(state: State, repository: RepositorySnapshot, target: number): string | undefined {
  const contents = state.snapshot.manifests.get(target);
  if (contents === undefined) return "a manifest is not there";
  if ("unreadable" in contents) return contents.unreadable;
  if (!isKnownTo(state, contents)) return "a manifest is of a kind that it does not know";
  for (const reference of contents.references) {
    const isNew = !state.marked.has(reference);
    state.marked.add(reference);
    if (!state.isThird || !isNew) continue; // it skips what any repository marked, even where it was not followed here
    const child = resolve(state, repository, reference);
    const aborts = child === undefined ? undefined : markReferences(state, repository, child);
    if (aborts !== undefined) return aborts;
  }
  return undefined;
}

/** The stored digest to which a manifest's link leads in a repository; version 2 looks among the layers too. */
function resolve({ snapshot, isThird }: State, repository: RepositorySnapshot, digest: number): number | undefined {
  const target = repository.revisions.get(digest) ?? (isThird ? undefined : repository.layerTargets?.get(digest));
  return target !== undefined && snapshot.blobs.has(target) ? target : undefined;
}

const known: readonly string[] = [
  "",
  mediaTypes.ociManifest,
  mediaTypes.ociIndex,
  mediaTypes.dockerManifest,
  mediaTypes.dockerList,
];

function isKnownTo({ isThird }: State, { form, mediaType }: ReadManifest): boolean {
  return form === "schema1" ? !isThird : known.includes(mediaType);
}

function hasProblem({ snapshot }: State, name: RepositoryName, about: "revision" | "tag" | "layer"): boolean {
  return snapshot.problems.some((problem) => problem.repository === name && problem.about === about);
}

/** The targets of links, sorted by the links' own digests; a target appears twice where two links hold it. */
function inOrder({ snapshot: { digests } }: State, links: ReadonlyMap<number, number>): readonly number[] {
  return [...links]
    .map(([id, target]) => ({ target, digest: digests.digestAt(id) }))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1))
    .map(({ target }) => target);
}
