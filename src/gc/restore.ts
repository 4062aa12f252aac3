import type { Move, StorageDriver } from "../distribution/drivers/driver.ts";
import { parseAside } from "../distribution/own-paths.ts";
import { layerFolder, linkIn, parseStoredPath } from "../distribution/paths.ts";
import type { RepositoryName } from "../registry/names.ts";
import type { EmitCollect } from "./events.ts";
import { usedIn } from "./mark.ts";
import { setAsideBy } from "./runs.ts";
import type { RepositorySnapshot } from "./snapshot.ts";
import type { Survey } from "./survey.ts";

/**
 * Puts back what is set aside and in use again: what is marked, and blobs that somebody has linked since, as a client
 * does when a stale cache tells it that the blob exists. Returns the paths in the tree.
 */
export async function restoreReferenced(
  driver: StorageDriver,
  survey: Survey,
  emit: EmitCollect,
): Promise<readonly string[]> {
  const { marks, snapshot } = survey;
  const { aside, repositories } = snapshot;
  if (isEmpty(survey)) return [];
  const relinked = await relinkedIn(driver, survey);
  const wanted = [...aside.blobs].filter(([id]) => marks.isMarked(id) || relinked.has(id)).map(([, path]) => path);
  for (const repository of repositories) wanted.push(...linksToRestore(survey, repository));
  return putBack(driver, wanted, emit);
}

function isEmpty({ snapshot: { aside } }: Survey): boolean {
  return aside.blobs.size + aside.layers.size + aside.revisions.size === 0;
}

function linksToRestore({ snapshot, marks }: Survey, repository: RepositorySnapshot): readonly string[] {
  const layers = snapshot.aside.layers.get(repository.name) ?? new Map<number, string>();
  const revisions = snapshot.aside.revisions.get(repository.name) ?? new Map<number, string>();
  if (layers.size + revisions.size === 0) return [];
  const marked = marks.manifests.get(repository.name) ?? new Set();
  const used = usedIn(snapshot, repository, marked);
  const pathsOf = (all: ReadonlyMap<number, string>, wanted: ReadonlySet<number>) =>
    [...all].filter(([id]) => wanted.has(id)).map(([, path]) => path);
  return [...pathsOf(layers, used), ...pathsOf(revisions, marked)];
}

/** The blobs that are set aside and that a layer link or revision link in the tree names. */
async function relinkedIn(driver: StorageDriver, { snapshot }: Survey): Promise<ReadonlySet<number>> {
  const { aside, repositories, digests } = snapshot;
  const found = new Set<number>();
  const asked: { readonly repository: RepositoryName; readonly id: number }[] = [];
  for (const { name: repository, revisions, layers } of repositories) {
    for (const id of revisions.keys()) if (aside.blobs.has(id)) found.add(id);
    for (let place = 0; aside.blobs.size > 0 && place < layers.length; place++) {
      const id = layers.at(place);
      if (aside.blobs.has(id)) asked.push({ repository, id });
    }
  }
  const facts = await driver.statAll(
    asked.map(({ repository, id }) => linkIn(layerFolder(repository, digests.digestAt(id)))),
  );
  for (const [place, { id }] of asked.entries()) if (facts[place] !== undefined) found.add(id);
  return found;
}

/** Puts back everything that one run has set aside, except files that exist again; returns the paths in the tree. */
export async function restoreRun(driver: StorageDriver, run: string, emit: EmitCollect): Promise<readonly string[]> {
  return putBack(driver, await setAsideBy(driver, run), emit);
}

/**
 * Moves blobs back before the links to them, so that no link leads to a missing blob. Files that exist again are left.
 */
async function putBack(driver: StorageDriver, paths: readonly string[], emit: EmitCollect): Promise<readonly string[]> {
  const moves = paths.flatMap((from): Move[] => {
    const to = parseAside(from)?.path;
    return to === undefined ? [] : [{ from, to }];
  });
  const restored: string[] = [];
  for (const rank of [0, 1, 2]) {
    const some = moves.filter(({ to }) => rankOf(to) === rank);
    const there = await driver.statAll(some.map(({ to }) => to));
    const missing = some.filter((_, place) => there[place] === undefined);
    for (const { to } of await driver.moveAll(missing)) restored.push(to);
    emit({ kind: "progress", phase: "restoring", done: restored.length, total: moves.length });
  }
  return restored;
}

function rankOf(path: string): number {
  const is = parseStoredPath(path)?.is;
  return is === "blob" ? 0 : is === "current" ? 2 : 1;
}
