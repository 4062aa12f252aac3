import { type Digest, partsOf, type RepositoryName, type Tag } from "../registry/names.ts";

// The layout of distribution's storage tree, the same in 2.x and 3.x. No other file knows a path.
const root = "docker/registry/v2";

/** The folder under which every repository lies. */
export const repositoriesFolder: string = `${root}/repositories`;

export function repositoryFolder(name: string): string {
  return `${repositoriesFolder}/${name}`;
}

/** 2.x takes a folder with `_layers` for a repository, 3.x one with `_manifests`. */
export function isRepository(entries: readonly string[]): boolean {
  return entries.includes("_layers") || entries.includes("_manifests");
}

/** What begins with `_` belongs to the repository itself and is never a part of another's name. */
export function isNameComponent(entry: string): boolean {
  return !entry.startsWith("_");
}

/** The bytes of a blob or a manifest. */
export function blobFile(digest: Digest): string {
  const { algorithm, encoded } = partsOf(digest);
  return `${root}/blobs/${folderOf(algorithm)}/${encoded.slice(0, 2)}/${encoded}/data`;
}

/** The folder that makes a blob known in a repository. */
export function layerFolder(name: RepositoryName, digest: Digest): string {
  return `${repositoryFolder(name)}/_layers/${withinFolder(digest)}`;
}

/** One folder an algorithm, and in it one a manifest. */
export function revisionsFolder(name: RepositoryName): string {
  return `${repositoryFolder(name)}/_manifests/revisions`;
}

/** The folder that makes a manifest known in a repository. */
export function revisionFolder(name: RepositoryName, digest: Digest): string {
  return `${revisionsFolder(name)}/${withinFolder(digest)}`;
}

export function tagsFolder(name: RepositoryName): string {
  return `${repositoryFolder(name)}/_manifests/tags`;
}

export function tagFolder(name: RepositoryName, tag: Tag): string {
  return `${tagsFolder(name)}/${tag}`;
}

/** The link to what a tag points at. */
export function currentLink(name: RepositoryName, tag: Tag): string {
  return linkIn(`${tagFolder(name, tag)}/current`);
}

/** One of the links to all that a tag ever pointed at. */
export function indexLink(name: RepositoryName, tag: Tag, digest: Digest): string {
  return linkIn(`${tagFolder(name, tag)}/index/${withinFolder(digest)}`);
}

/** A link holds a digest and nothing else, no newline either. */
export function linkIn(folder: string): string {
  return `${folder}/link`;
}

export function uploadFolder(name: RepositoryName, id: string): string {
  return `${repositoryFolder(name)}/_uploads/${id}`;
}

/** The bytes of an upload so far. */
export function uploadFile(name: RepositoryName, id: string): string {
  return `${uploadFolder(name, id)}/data`;
}

/** When it began, in RFC 3339: distribution purges old uploads by it. */
export function uploadStart(name: RepositoryName, id: string): string {
  return `${uploadFolder(name, id)}/startedat`;
}

function withinFolder(digest: Digest): string {
  const { algorithm, encoded } = partsOf(digest);
  return `${folderOf(algorithm)}/${encoded}`;
}

/** `a+b` is kept as `a/b`. */
function folderOf(algorithm: string): string {
  return algorithm.replace(/[+.;]/g, "/");
}
