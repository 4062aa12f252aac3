import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { inWalkingOrder, repositoriesFolder } from "../distribution/paths.ts";
import type { RepositoryName, Tag } from "../registry/names.ts";
import { grouped } from "../support/grouped.ts";
import { type ListedLink, type ListedRepository, type Listing, type ListingOptions, listTree } from "./listing.ts";
import { type FoundLink, linkReader } from "./read-links.ts";
import { readManifests } from "./read-manifests.ts";
import type { Problem, RepositorySnapshot, Snapshot } from "./snapshot.ts";
import { toldLinks } from "./told-links.ts";

/** How a tree is read. */
export interface SnapshotOptions extends Omit<ListingOptions, "found"> {
  readonly now: Date;
  /** Waits for a number of milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** True to read every layer link too, as distribution 3 does. */
  readonly layerLinks?: boolean;
}

/**
 * Reads a storage tree: one listing, then each link whose content the listing does not tell, and each manifest once.
 */
export async function takeSnapshot(driver: StorageDriver, options: SnapshotOptions): Promise<Snapshot> {
  const { layerLinks = false } = options;
  const byListing = toldLinks();
  const reader = linkReader<ListedLink>(driver, options);
  const found = (link: ListedLink): void => {
    if (link.about === "layer" && !layerLinks && link.digest.startsWith("sha256:")) return; // it holds its own digest
    if (!byListing.take(link)) reader.want(link);
  };
  const listing = await listTree(driver, { ...options, found });
  const { told, untold } = byListing.settle();
  for (const link of untold) reader.want(link);
  const problems: Problem[] = [];
  if (listing.blobs.count > 0 && listing.repositories.size === 0) {
    problems.push({ path: repositoriesFolder, about: "tree", says: "there are blobs, and not one repository" });
  }
  const work: Work = { driver, listing, options, problems };
  const links = grouped([...told, ...(await reader.readings())], ({ link }) => link.repository);
  const uploads = await uploadTimes(work);
  const repositories = [...listing.repositories.values()]
    .sort((one, other) => inWalkingOrder(one.name, other.name))
    .map(
      (listed): RepositorySnapshot => ({
        ...listed,
        ...repositoryLinks(work, listed, links.get(listed.name) ?? []),
        uploads: uploads(listed.name),
      }),
    );
  const manifests = await readManifests(driver, listing, { ...options, repositories, problems });
  const { digests, blobs, aside } = listing;
  return { taken: options.now, digests, blobs, aside, repositories, manifests, problems };
}

interface Work {
  readonly driver: StorageDriver;
  readonly listing: Listing;
  readonly options: SnapshotOptions;
  readonly problems: Problem[];
}

function repositoryLinks(
  { listing: { digests }, problems }: Work,
  { name: repository, layers, layerTimes }: ListedRepository,
  found: readonly FoundLink<ListedLink>[],
) {
  const revisions = new Map<number, number>();
  const layerTargets = new Map<number, number>();
  const tags = new Map<Tag, number>();
  const hollowTags: Tag[] = [];
  for (const { link, reading } of found) {
    const { about, path } = link;
    if (reading === undefined) hollowTags.push(...(about === "tag" ? [link.tag] : []));
    else if ("garbled" in reading) problems.push({ path, about, repository, says: reading.garbled });
    else if (about === "tag") tags.set(link.tag, digests.add(reading.digest));
    else (about === "layer" ? layerTargets : revisions).set(link.id, digests.add(reading.digest));
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

/** Tagged manifests without a revision link: version 2.1.0 linked them among the layers, where 2.8 still finds them. */
function linkedAsLayers({ layers, revisions, tags }: Pick<RepositorySnapshot, "layers" | "revisions" | "tags">) {
  const wanted = new Set([...tags.values()].filter((id) => !revisions.has(id)));
  const found = new Set<number>();
  for (let place = 0; wanted.size > 0 && place < layers.length; place++) {
    if (wanted.has(layers.at(place))) found.add(layers.at(place));
  }
  return found;
}

/** Reads when each upload was last written to. */
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
