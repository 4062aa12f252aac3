import type { StorageDriver } from "../distribution/drivers/driver.ts";
import {
  blobFile,
  currentLink,
  layerFolder,
  linkIn,
  repositoriesFolder,
  revisionFolder,
  signaturesFolder,
} from "../distribution/paths.ts";
import { isDigestText, type RepositoryName, type Tag } from "../registry/names.ts";
import { contentsOf, type Unreadable } from "./contents.ts";
import type { DigestTable } from "./digest-table.ts";
import { type ListedRepository, type Listing, type ListingOptions, listTree } from "./listing.ts";
import { type LinkReading, readLinks } from "./read-links.ts";
import type { Problem, ReadManifest, RepositorySnapshot, Snapshot } from "./snapshot.ts";

export interface SnapshotOptions extends ListingOptions {
  readonly now: Date;
  /** Waits so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Read every layer link too, as distribution 3 does. */
  readonly layerLinks?: boolean;
}

/** How many files are read in one go. */
const batch = 256;

/** Reads a storage tree: one listing, then each link and each manifest once. */
export async function takeSnapshot(driver: StorageDriver, options: SnapshotOptions): Promise<Snapshot> {
  const listing = await listTree(driver, options);
  const problems: Problem[] = [];
  if (listing.blobs.count > 0 && listing.repositories.size === 0) {
    problems.push({ path: repositoriesFolder, about: "tree", says: "there are blobs, and not one repository" });
  }
  const work: Work = { driver, listing, options, problems };
  const links = await linksOf(work);
  const uploads = await uploadTimes(work);
  const repositories = [...listing.repositories.values()].sort(inVisitingOrder).map(
    (listed): RepositorySnapshot => ({
      ...listed,
      ...repositoryLinks(work, listed, links),
      uploads: uploads(listed.name),
    }),
  );
  const manifests = await readManifests(work, repositories);
  const { digests, blobs, aside } = listing;
  return { taken: options.now, digests, blobs, aside, repositories, manifests, problems };
}

interface Work {
  readonly driver: StorageDriver;
  readonly listing: Listing;
  readonly options: SnapshotOptions;
  readonly problems: Problem[];
}

interface WantedLink {
  readonly path: string;
  readonly about: "revision" | "tag" | "layer";
  readonly repository: RepositoryName;
  readonly id: number;
  readonly tag?: Tag;
}

async function linksOf({
  driver,
  listing,
  options,
}: Omit<Work, "problems">): Promise<ReadonlyMap<RepositoryName, readonly Found[]>> {
  const wanted: WantedLink[] = [];
  for (const { name: repository, revisions, tags, layers } of listing.repositories.values()) {
    for (const id of revisions) {
      const path = linkIn(revisionFolder(repository, listing.digests.digestAt(id)));
      wanted.push({ path, about: "revision", repository, id });
    }
    for (const tag of tags) wanted.push({ path: currentLink(repository, tag), about: "tag", repository, tag, id: -1 });
    for (let place = 0; options.layerLinks === true && place < layers.length; place++) {
      const id = layers.at(place);
      const path = linkIn(layerFolder(repository, listing.digests.digestAt(id)));
      wanted.push({ path, about: "layer", repository, id });
    }
  }
  const readings = await readLinks(driver, wanted, { ...options, batch });
  const found = new Map<RepositoryName, Found[]>();
  for (const [place, link] of wanted.entries()) {
    const all = found.get(link.repository);
    const one = { link, reading: readings[place] };
    if (all === undefined) found.set(link.repository, [one]);
    else all.push(one);
  }
  return found;
}

interface Found {
  readonly link: WantedLink;
  /** Undefined where the link is not there. */
  readonly reading: LinkReading | undefined;
}

function repositoryLinks(
  { listing: { digests }, problems }: Work,
  { name: repository, layers, layerTimes }: ListedRepository,
  found: ReadonlyMap<RepositoryName, readonly Found[]>,
) {
  const revisions = new Map<number, number>();
  const layerTargets = new Map<number, number>();
  const tags = new Map<Tag, number>();
  const hollowTags: Tag[] = [];
  for (const { link, reading } of found.get(repository) ?? []) {
    const { about, path, id, tag } = link;
    if (reading === undefined) hollowTags.push(...(tag === undefined ? [] : [tag]));
    else if ("garbled" in reading) problems.push({ path, about, repository, says: reading.garbled });
    else if (tag !== undefined) tags.set(tag, digests.add(reading.digest));
    else if (about === "layer") layerTargets.set(id, digests.add(reading.digest));
    else revisions.set(id, digests.add(reading.digest));
  }
  return {
    revisions,
    tags,
    hollowTags,
    layerTargets,
    layerTimes: layerTimes.length === layers.length ? layerTimes : undefined,
    linkedAsLayers: linkedAsLayers({ layers, revisions, tags }),
  };
}

/** Version 2.1.0 linked manifests among the layers, and 2.8 still finds them there. */
function linkedAsLayers({ layers, revisions, tags }: Pick<RepositorySnapshot, "layers" | "revisions" | "tags">) {
  const wanted = new Set([...tags.values()].filter((id) => !revisions.has(id)));
  const found = new Set<number>();
  for (let place = 0; wanted.size > 0 && place < layers.length; place++) {
    if (wanted.has(layers.at(place))) found.add(layers.at(place));
  }
  return found;
}

/** Asks when each upload was last written to. */
async function uploadTimes({ driver, listing }: Work): Promise<(name: RepositoryName) => ReadonlyMap<string, number>> {
  const asked = [...listing.repositories.values()].flatMap(({ name, uploads }) =>
    [...uploads].flatMap(([id, files]) => files.map((file) => ({ name, id, file }))),
  );
  const paths = asked
    .filter(({ file }) => file.facts === undefined && !file.path.endsWith("/"))
    .map(({ file }) => file.path);
  const facts = new Map((await driver.statAll(paths)).map((found, place) => [paths[place], found]));
  const times = new Map<RepositoryName, Map<string, number>>();
  for (const { name, id, file } of asked) {
    const of = times.get(name) ?? new Map<string, number>();
    const time = (file.facts ?? facts.get(file.path))?.modified.getTime() ?? 0;
    times.set(name, of.set(id, Math.max(time, of.get(id) ?? 0)));
  }
  return (name) => times.get(name) ?? new Map();
}

type Read = ReadManifest | Unreadable;

async function readManifests(
  work: Work,
  repositories: readonly RepositorySnapshot[],
): Promise<ReadonlyMap<number, Read>> {
  const { driver, listing, options, problems } = work;
  const read = new Map<number, Read>();
  const wanted = manifestsToRead(listing, repositories);
  for (let start = 0; start < wanted.length; start += batch) {
    options.signal?.throwIfAborted();
    const some = wanted.slice(start, start + batch);
    const paths = some.map((id) => blobFile(listing.digests.digestAt(id)));
    const bytes = await readOrAside(driver, listing, { ids: some, paths });
    for (const [place, id] of some.entries()) {
      const found = bytes[place];
      if (found === undefined) continue; // a link to nothing: whoever meets it says so
      const contents = contentsOf(listing.digests.digestAt(id), found);
      read.set(id, "unreadable" in contents ? contents : numbered(contents, listing.digests));
      if ("unreadable" in contents)
        problems.push({ path: paths[place] ?? "", about: "manifest", says: contents.unreadable });
    }
    options.emit({ kind: "progress", phase: "reading", done: start + some.length, total: wanted.length });
  }
  await addSignatures(work, repositories, read);
  return read;
}

function manifestsToRead(listing: Listing, repositories: readonly RepositorySnapshot[]): readonly number[] {
  const wanted = new Set<number>();
  for (const { revisions, linkedAsLayers } of repositories) {
    for (const target of revisions.values()) wanted.add(target);
    for (const id of linkedAsLayers) wanted.add(id);
  }
  for (const revisions of listing.aside.revisions.values()) for (const id of revisions.keys()) wanted.add(id);
  return [...wanted];
}

interface Wanted {
  readonly ids: readonly number[];
  readonly paths: readonly string[];
}

/** Reads the bytes of manifests in their place, or where they lie set aside. */
async function readOrAside(
  driver: StorageDriver,
  { aside }: Listing,
  { ids, paths }: Wanted,
): Promise<readonly (Uint8Array | undefined)[]> {
  const found = [...(await driver.readAll(paths))];
  const places = ids.flatMap((id, place) => {
    const path = found[place] === undefined ? aside.blobs.get(id) : undefined;
    return path === undefined ? [] : [{ place, path }];
  });
  const others = await driver.readAll(places.map(({ path }) => path));
  for (const [index, { place }] of places.entries()) found[place] = others[index];
  return found;
}

function numbered(
  { references, subject, ...contents }: Exclude<ReturnType<typeof contentsOf>, Unreadable>,
  digests: DigestTable,
): ReadManifest {
  const numbers = references.map((digest) => digests.add(digest));
  return { ...contents, references: numbers, ...(subject !== undefined && { subject: digests.add(subject) }) };
}

/** Versions before 2.5 kept the signatures of schema 1 in blobs of their own, which nothing else leads to. */
async function addSignatures(
  { driver, listing: { digests } }: Work,
  repositories: readonly RepositorySnapshot[],
  read: Map<number, Read>,
): Promise<void> {
  const signed = repositories.flatMap(({ name, revisions }) =>
    [...revisions].flatMap(([id, target]) => {
      const contents = read.get(target);
      const isSigned = contents !== undefined && "form" in contents && contents.form === "schema1";
      return isSigned ? [{ target, contents, folder: signaturesFolder(name, digests.digestAt(id)) }] : [];
    }),
  );
  for (const { target, contents, folder } of signed) {
    const signatures = (await signaturesIn(driver, folder)).map((digest) => digests.add(digest));
    read.set(target, { ...contents, signatures });
  }
}

async function signaturesIn(driver: StorageDriver, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const algorithm of await driver.list(folder)) {
    for (const encoded of await driver.list(`${folder}/${algorithm}`)) found.push(`${algorithm}:${encoded}`);
  }
  return found.filter(isDigestText);
}

/** As the registry's own collector walks: folder by folder, each in the order of its names, its own parts among them. */
function inVisitingOrder(one: ListedRepository, other: ListedRepository): number {
  const [a, b] = [`${one.name}/_manifests`.split("/"), `${other.name}/_manifests`.split("/")];
  for (let place = 0; ; place++) {
    const [mine, theirs] = [a[place] ?? "", b[place] ?? ""];
    if (mine !== theirs) return mine < theirs ? -1 : 1;
    if (mine === "") return 0;
  }
}
