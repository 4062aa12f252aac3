import type { StorageDriver, StoredFile, Walked, WalkOptions } from "../distribution/drivers/driver.ts";
import { collectionsFolder, parseAside } from "../distribution/own-paths.ts";
import {
  blobsFolder,
  knownFolders,
  parseStoredPath,
  type RepositoryPart,
  repositoriesFolder,
  type StoredPath,
} from "../distribution/paths.ts";
import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import { column, type NumberList, numberList } from "../support/column.ts";
import { type DigestTable, digestTable } from "./digest-table.ts";
import type { EmitCollect } from "./events.ts";
import type { Aside, HistoryEntry, StoredBlobs } from "./snapshot.ts";

/** Everything that a listing of the tree shows, without any file being read. */
export interface Listing {
  readonly digests: DigestTable;
  readonly blobs: StoredBlobs;
  readonly repositories: ReadonlyMap<RepositoryName, ListedRepository>;
  readonly aside: Aside;
}

/** What the listing shows of one repository; digests are numbers of the table. */
export interface ListedRepository {
  readonly name: RepositoryName;
  readonly parts: Set<RepositoryPart>;
  readonly layers: NumberList;
  /** When each layer link was written, in milliseconds since 1970; empty where the listing does not tell. */
  readonly layerTimes: NumberList;
  readonly history: HistoryEntry[];
  /** The files of each upload, by its id. */
  readonly uploads: Map<string, Upload[]>;
}

type Upload = Walked;

/** What a listing shall show. */
export interface ListingOptions {
  /** True to get the size and time of each blob at once; otherwise a blob may be listed whose file is missing. */
  readonly facts?: boolean;
  /** True to list the tags' history (their index links) too. */
  readonly history: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly emit: EmitCollect;
  /** Called for each link as soon as it is seen. */
  readonly found?: (link: ListedLink) => void;
}

/** A link file, which must be read to know which digest it holds. */
export type ListedLink = Pick<Walked, "path" | "md5"> & { readonly repository: RepositoryName } & (
    | { readonly about: "revision" | "layer"; readonly id: number; readonly digest: Digest }
    | { readonly about: "tag"; readonly tag: Tag }
  );

/** Lists the tree. Blobs come first, so that a blob pushed meanwhile is not taken for one that nothing refers to. */
export async function listTree(driver: StorageDriver, options: ListingOptions): Promise<Listing> {
  const { history, emit, facts: wanted = false, found = () => {}, ...many } = options;
  const digests = digestTable();
  let done = 0;
  async function each(folder: string, take: (one: Walked) => void, told: WalkOptions): Promise<void> {
    for await (const batch of driver.walk(folder, { ...many, ...told })) {
      for (const one of batch) take(one);
      done += batch.length;
      emit({ kind: "progress", phase: "listing", done });
    }
  }
  const known = (path: string) => knownFolders(path, { history });
  const blobs = blobTable(digests);
  await each(blobsFolder, (one) => blobs.take(one), { known, facts: wanted });
  const repositories = new Map<RepositoryName, ListedRepository>();
  const take = (one: Walked) => takeRepositoryPath(repositories, digests, { walked: one, found });
  await each(repositoriesFolder, take, { known, facts: false });
  const aside = emptyAside();
  // every folder is opened: a link that was put back leaves its folder here, so a folder alone proves nothing
  await each(collectionsFolder, (one) => takeAside(aside, digests, one), { facts: false });
  return { digests, blobs, repositories, aside };
}

/** The states of a blob: only its folder was seen, or its size and time are known. */
const [listed, known] = [1, 2];

function blobTable(digests: DigestTable): StoredBlobs & { take(one: Walked): void } {
  const sizes = column(Float64Array);
  const times = column(Float64Array);
  const there = column(Uint8Array);
  let count = 0;
  function learn(id: number, facts: StoredFile | undefined): void {
    if (facts === undefined) count--;
    there.set(id, facts === undefined ? 0 : known);
    sizes.set(id, facts?.size ?? 0);
    times.set(id, facts?.modified.getTime() ?? 0);
  }
  return {
    get count() {
      return count;
    },
    has: (id) => there.get(id) !== 0,
    size: sizes.get,
    modified: times.get,
    take({ path, facts }) {
      const stored = parseStoredPath(path);
      if (stored?.is !== "blob") return;
      const id = digests.add(stored.digest);
      if (there.get(id) === 0) count++;
      there.set(id, listed);
      if (facts !== undefined) learn(id, facts);
    },
    isKnown: (id) => there.get(id) !== listed,
    learn,
  };
}

function takeRepositoryPath(
  repositories: Map<RepositoryName, ListedRepository>,
  digests: DigestTable,
  { walked, found }: { readonly walked: Walked; readonly found: (link: ListedLink) => void },
): void {
  const { path, md5 } = walked;
  const stored = parseStoredPath(path);
  if (stored === undefined || stored.is === "blob") return;
  const { repository } = stored;
  const link = { path, md5, repository };
  const listed = repositories.get(repository) ?? emptyRepository(repository);
  if (listed.parts.size === 0) repositories.set(repository, listed);
  for (const part of partsOf(stored)) listed.parts.add(part);
  if (stored.is === "layer") {
    const id = digests.add(stored.digest);
    found({ ...link, about: "layer", id, digest: stored.digest });
    listed.layers.push(id);
    if (walked.facts !== undefined) listed.layerTimes.push(walked.facts.modified.getTime());
  } else if (stored.is === "revision") {
    found({ ...link, about: "revision", id: digests.add(stored.digest), digest: stored.digest });
  } else if (stored.is === "current") found({ ...link, about: "tag", tag: stored.tag });
  else if (stored.is === "index") listed.history.push({ tag: stored.tag, digest: digests.add(stored.digest) });
  else if (stored.is === "upload") {
    listed.uploads.set(stored.id, [...(listed.uploads.get(stored.id) ?? []), walked]);
  }
}

/** The parts of a repository that a path proves; in a bucket, which has no folders, a file proves those above it. */
function partsOf(stored: Exclude<StoredPath, { is: "blob" }>): readonly RepositoryPart[] {
  return stored.is === "part" ? [stored.part] : partsAbove[stored.is];
}

const partsAbove: Readonly<Record<Exclude<StoredPath["is"], "blob" | "part">, readonly RepositoryPart[]>> = {
  layer: ["layers"],
  revision: ["manifests", "revisions"],
  current: ["manifests", "tags"],
  index: ["manifests", "tags"],
  upload: ["uploads"],
};

function emptyRepository(name: RepositoryName): ListedRepository {
  return {
    name,
    parts: new Set(),
    layers: numberList(Uint32Array),
    layerTimes: numberList(Float64Array),
    history: [],
    uploads: new Map(),
  };
}

interface GrowingAside {
  readonly blobs: Map<number, string>;
  readonly revisions: Map<RepositoryName, Map<number, string>>;
  readonly layers: Map<RepositoryName, Map<number, string>>;
}

function emptyAside(): GrowingAside {
  return { blobs: new Map(), revisions: new Map(), layers: new Map() };
}

function takeAside(aside: GrowingAside, digests: DigestTable, { path }: Walked): void {
  const stored = parseStoredPath(parseAside(path)?.path ?? "");
  if (stored?.is === "blob") aside.blobs.set(digests.add(stored.digest), path);
  if (stored?.is !== "layer" && stored?.is !== "revision") return;
  const all = stored.is === "layer" ? aside.layers : aside.revisions;
  const of = all.get(stored.repository) ?? new Map<number, string>();
  all.set(stored.repository, of.set(digests.add(stored.digest), path));
}
