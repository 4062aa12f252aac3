import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { blobFile, layerFolder, linkIn, revisionFolder } from "../distribution/paths.ts";
import type { RepositoryName } from "../registry/names.ts";
import { batches } from "../support/batches.ts";
import { type Marks, mark, usedIn } from "./mark.ts";
import type { RepositorySnapshot, Snapshot } from "./snapshot.ts";
import { type SnapshotOptions, takeSnapshot } from "./take-snapshot.ts";

/** What a collection removes. */
export interface SurveyRules {
  /** In milliseconds; what was written to within this time stays. */
  readonly grace: number;
  /** True to remove manifests that no tag, index or subject leads to. */
  readonly untagged: boolean;
  /** What else is tidied. */
  readonly tidy: ReadonlySet<Tidying>;
}

/** What a collector can tidy besides blobs and manifests. */
export type Tidying = "uploads" | "tags" | "history" | "layer-links" | "repositories";

/** The contents of a tree, what is in use, and the ages of what is not. */
export interface Survey {
  readonly snapshot: Snapshot;
  readonly marks: Marks;
  /** Whatever was written after it counts as young. In milliseconds since 1970, by the storage's clock. */
  readonly cutoff: number;
  /** Repositories with an upload after the cutoff: anything in them may be part of a push. */
  readonly busy: ReadonlySet<RepositoryName>;
  /** The existing layer links that may be removed. */
  readonly links: readonly LayerLink[];
}

/** A layer link in the tree. */
export interface LayerLink {
  readonly repository: RepositoryName;
  readonly digest: number;
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** How a tree is surveyed. */
export interface SurveyOptions extends Omit<SnapshotOptions, "history">, SurveyRules {}

/** Reads a tree, marks what is in use, and reads the age of the rest. Changes nothing. */
export async function survey(driver: StorageDriver, options: SurveyOptions): Promise<Survey> {
  const { now, grace, untagged, tidy } = options;
  const snapshot = await takeSnapshot(driver, { ...options, history: tidy.has("history") || tidy.has("repositories") });
  const cutoff = now.getTime() + driver.ahead() - grace;
  const tagged = mark(snapshot, { untagged });
  await learnUnmarked(driver, snapshot, tagged);
  const busy = busyIn(snapshot, cutoff);
  const young = untagged ? await youngManifests(driver, { snapshot, marks: tagged, cutoff, busy }) : new Set<string>();
  const keeps = (repository: RepositoryName, id: number) => young.has(`${repository} ${id}`);
  const marks = young.size === 0 ? tagged : mark(snapshot, { untagged, keeps });
  const links = await candidateLinks(driver, {
    snapshot,
    marks,
    unused: tidy.has("layer-links") || tidy.has("repositories"),
  });
  return { snapshot, marks, cutoff, busy, links };
}

/** Reads size and time of the unmarked blobs; those of marked ones do not matter. */
async function learnUnmarked(driver: StorageDriver, { blobs, digests }: Snapshot, { isMarked }: Marks): Promise<void> {
  const asked: number[] = [];
  for (let id = 0; id < digests.size; id++) if (blobs.has(id) && !blobs.isKnown(id) && !isMarked(id)) asked.push(id);
  for (const some of batches(asked, 1_000)) {
    const facts = await driver.statAll(some.map((id) => blobFile(digests.digestAt(id))));
    for (const [place, id] of some.entries()) blobs.learn(id, facts[place]);
  }
}

function busyIn({ repositories }: Snapshot, cutoff: number): ReadonlySet<RepositoryName> {
  const isBusy = ({ uploads }: RepositorySnapshot) => [...uploads.values()].some((written) => written > cutoff);
  return new Set(repositories.filter(isBusy).map(({ name }) => name));
}

interface Judging {
  readonly snapshot: Snapshot;
  readonly marks: Marks;
  readonly cutoff: number;
  readonly busy: ReadonlySet<RepositoryName>;
}

async function youngManifests(
  driver: StorageDriver,
  { snapshot, marks, cutoff, busy }: Judging,
): Promise<ReadonlySet<string>> {
  const { repositories, digests, blobs } = snapshot;
  const left = repositories.flatMap((repository) =>
    [...repository.revisions.keys()]
      .filter((id) => !marks.manifests.get(repository.name)?.has(id))
      .map((id) => ({ repository, id, path: linkIn(revisionFolder(repository.name, digests.digestAt(id))) })),
  );
  const facts = await driver.statAll(left.map(({ path }) => path));
  const young = left.filter(({ repository, id }, place) => {
    const linked = facts[place]?.modified.getTime() ?? 0;
    return linked > cutoff || blobs.modified(id) > cutoff || busy.has(repository.name);
  });
  return new Set(young.map(({ repository, id }) => `${repository.name} ${id}`));
}

interface Linking {
  readonly snapshot: Snapshot;
  readonly marks: Marks;
  /** True to include links that no manifest of their repository uses. */
  readonly unused: boolean;
}

async function candidateLinks(
  driver: StorageDriver,
  { snapshot, marks, unused }: Linking,
): Promise<readonly LayerLink[]> {
  const listed = snapshot.repositories.flatMap((repository) => {
    const used = unused ? usedIn(snapshot, repository, marks.manifests.get(repository.name) ?? new Set()) : undefined;
    return linksNotIn(repository, snapshot, (id) => (used === undefined ? marks.isMarked(id) : used.has(id)));
  });
  const unknown = listed.filter(({ modified }) => modified === undefined);
  const facts = await driver.statAll(unknown.map(({ path }) => path));
  const times = new Map(unknown.map(({ path }, place) => [path, facts[place]?.modified.getTime()]));
  return listed.flatMap((link) => {
    const modified = link.modified ?? times.get(link.path);
    return modified === undefined ? [] : [{ ...link, modified }];
  });
}

type Listed = Omit<LayerLink, "modified"> & { readonly modified: number | undefined };

function linksNotIn(
  { name: repository, layers, layerTimes }: RepositorySnapshot,
  { digests }: Snapshot,
  isInUse: (id: number) => boolean,
): readonly Listed[] {
  const found: Listed[] = [];
  for (let place = 0; place < layers.length; place++) {
    const digest = layers.at(place);
    if (isInUse(digest)) continue;
    const path = linkIn(layerFolder(repository, digests.digestAt(digest)));
    found.push({ repository, digest, path, modified: layerTimes?.at(place) });
  }
  return found;
}
