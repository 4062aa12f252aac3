import type { RepositoryName, Tag } from "../registry/names.ts";
import { column } from "../support/column.ts";
import type { ReadManifest, RepositorySnapshot, Snapshot } from "./snapshot.ts";

/** The result of marking: everything that something refers to. */
export interface Marks {
  /** How many digests are marked, those of manifests included. */
  readonly blobs: number;
  isMarked(id: number): boolean;
  /** The marked manifests of each repository, also those that an earlier run has set aside. */
  readonly manifests: ReadonlyMap<RepositoryName, ReadonlySet<number>>;
  readonly missing: readonly Missing[];
}

/**
 * Something that a tag or a kept manifest refers to and that does not exist. It is reported and does not stop a sweep.
 */
export interface Missing {
  readonly repository: RepositoryName;
  readonly digest: number;
  /** The tag, manifest or link that refers to it. */
  readonly from: { readonly tag: Tag } | { readonly manifest: number } | { readonly link: number };
}

/** What counts as in use. */
export interface MarkRules {
  /** True to keep only manifests that a tag leads to; otherwise every manifest that the repository links is kept. */
  readonly untagged: boolean;
  /** True for manifests that are kept without a tag, because they are young. */
  readonly keeps?: (repository: RepositoryName, id: number) => boolean;
}

/**
 * Follows all references within each repository by itself: tags, the children of an index, and subjects in both
 * directions. Pure. A manifest that another repository marked is followed here too, since each repository has its own
 * links.
 */
export function mark(snapshot: Snapshot, rules: MarkRules): Marks {
  const marked = column(Uint8Array);
  let blobs = 0;
  const markBlob = (id: number): void => {
    if (marked.get(id) === 0) blobs++;
    marked.set(id, 1);
  };
  const manifests = new Map<RepositoryName, ReadonlySet<number>>();
  const missing: Missing[] = [];
  for (const repository of snapshot.repositories) {
    manifests.set(repository.name, markRepository(snapshot, repository, { rules, markBlob, missing }));
  }
  return { blobs, isMarked: (id) => marked.get(id) === 1, manifests, missing };
}

interface Marking {
  readonly rules: MarkRules;
  readonly markBlob: (id: number) => void;
  readonly missing: Missing[];
}

interface Lead {
  readonly id: number;
  readonly from: Missing["from"];
}

function markRepository(
  snapshot: Snapshot,
  repository: RepositorySnapshot,
  { rules, markBlob, missing }: Marking,
): ReadonlySet<number> {
  const found = new Set<number>();
  const targetOf = findable(snapshot, repository);
  const referrers = referrersIn(snapshot, repository);
  const leads: Lead[] = [...rootsOf(repository, rules)];
  const report = (digest: number, from: Missing["from"]) =>
    void missing.push({ repository: repository.name, digest, from });

  function follow(id: number): void {
    const target = targetOf(id) ?? id;
    markBlob(target);
    if (!snapshot.manifests.has(target)) report(target, { link: id });
    const from = { manifest: id };
    for (const contents of contentsBehind(snapshot, { id, target }))
      for (const one of leadsFrom(contents, targetOf)) leads.push({ id: one, from });
    for (const one of referrers.get(id) ?? []) leads.push({ id: one, from });
  }
  for (let lead = leads.pop(); lead !== undefined; lead = leads.pop()) {
    const { id, from } = lead;
    markBlob(id);
    const stored = repository.layerTargets?.get(id); // distribution stores what has another digest under its sha256
    if (stored !== undefined) markBlob(stored);
    if (found.has(id)) continue;
    if (targetOf(id) !== undefined) {
      found.add(id);
      follow(id);
    } else if ("tag" in from || isIndexed(snapshot, from)) report(id, from);
  }
  return found;
}

interface Linked {
  readonly id: number;
  /** The digest that its link holds. */
  readonly target: number;
}

/** The contents of a manifest; where its link holds another digest, both manifests count, since either may be meant. */
function contentsBehind({ manifests }: Snapshot, { id, target }: Linked): readonly ReadManifest[] {
  const found: ReadManifest[] = [];
  for (const one of id === target ? [id] : [target, id]) {
    const contents = manifests.get(one);
    if (contents !== undefined && !("unreadable" in contents)) found.push(contents);
  }
  return found;
}

function leadsFrom(
  { references, subject, signatures = [], originals = [] }: ReadManifest,
  targetOf: (id: number) => number | undefined,
): readonly number[] {
  if (subject === undefined && signatures.length === 0 && originals.length === 0) return references;
  // a removal that was cut off may need the originals; where one is gone, nothing is missing
  const needed = originals.filter((id) => targetOf(id) !== undefined);
  return [...references, ...signatures, ...needed, ...(subject === undefined ? [] : [subject])];
}

/** True where the reference comes from an index, whose children must be manifests; an image refers to blobs. */
function isIndexed({ manifests }: Snapshot, from: Missing["from"]): boolean {
  const contents = "manifest" in from ? manifests.get(from.manifest) : undefined;
  return contents !== undefined && !("unreadable" in contents) && contents.form === "index";
}

function* rootsOf(
  { name, revisions, tags }: RepositorySnapshot,
  { untagged, keeps = () => false }: MarkRules,
): Generator<Lead> {
  for (const [tag, id] of tags) yield { id, from: { tag } };
  for (const id of revisions.keys()) if (!untagged || keeps(name, id)) yield { id, from: { link: id } };
}

/** Looks a digest up as a manifest of a repository: by its link, by one that is set aside, or among the layers. */
function findable({ aside }: Snapshot, repository: RepositorySnapshot): (id: number) => number | undefined {
  const setAside = aside.revisions.get(repository.name);
  return (id) => {
    const target = repository.revisions.get(id);
    if (target !== undefined) return target;
    return setAside?.has(id) || repository.linkedAsLayers.has(id) ? id : undefined;
  };
}

/** The referrers in a repository, by their subject. */
function referrersIn(
  snapshot: Snapshot,
  { name, revisions }: RepositorySnapshot,
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  const add = (id: number, target: number): void => {
    for (const { subject } of contentsBehind(snapshot, { id, target })) {
      const referrers = subject === undefined ? undefined : found.get(subject);
      if (referrers !== undefined) referrers.push(id);
      else if (subject !== undefined) found.set(subject, [id]);
    }
  };
  for (const [id, target] of revisions) add(id, target);
  for (const id of snapshot.aside.revisions.get(name)?.keys() ?? []) add(id, id);
  return found;
}

/** Everything that the marked manifests of one repository refer to: a pull from it needs a link to each. */
export function usedIn(
  snapshot: Snapshot,
  { revisions }: RepositorySnapshot,
  marked: ReadonlySet<number>,
): ReadonlySet<number> {
  const used = new Set<number>(marked);
  for (const id of marked) {
    for (const { references } of contentsBehind(snapshot, { id, target: revisions.get(id) ?? id }))
      for (const reference of references) used.add(reference);
  }
  return used;
}
