import {
  type Digest,
  isDigestText,
  isHexadecimal,
  isRepositoryName,
  isTag,
  partsOf,
  type RepositoryName,
  type Tag,
} from "../registry/names.ts";
import type { KnownFolders } from "./drivers/driver.ts";

// The layout of distribution's storage tree, the same in 2.x and 3.x. No other file knows a path of its.
/** The folder in which the whole tree lies, below the storage's own. */
export const treeFolder = "docker/registry/v2";

/** The folder under which every repository lies. */
export const repositoriesFolder: string = `${treeFolder}/repositories`;

/** The folder of a repository; those of repositories below it lie in it too. */
export function repositoryFolder(name: string): string {
  return `${repositoriesFolder}/${name}`;
}

/** The folders that make a repository, without those of repositories below it. */
export function partFolders(name: RepositoryName): readonly string[] {
  return ["_layers", "_manifests", "_uploads"].map((part) => `${repositoryFolder(name)}/${part}`);
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
  return `${treeFolder}/blobs/${folderOf(algorithm)}/${encoded.slice(0, 2)}/${encoded}/data`;
}

/** The folder that makes a blob known in a repository. */
export function layerFolder(name: RepositoryName, digest: Digest): string {
  return `${repositoryFolder(name)}/_layers/${withinFolder(digest)}`;
}

/** Comes into being with the first manifest, and stays. */
export function manifestsFolder(name: RepositoryName): string {
  return `${repositoryFolder(name)}/_manifests`;
}

/** One folder an algorithm, and in it one a manifest. */
export function revisionsFolder(name: RepositoryName): string {
  return `${manifestsFolder(name)}/revisions`;
}

/** The folder that makes a manifest known in a repository. */
export function revisionFolder(name: RepositoryName, digest: Digest): string {
  return `${revisionsFolder(name)}/${withinFolder(digest)}`;
}

/** The folder with one folder for each tag of a repository. */
export function tagsFolder(name: RepositoryName): string {
  return `${manifestsFolder(name)}/tags`;
}

/** The folder that makes a tag; without it the tag does not exist. */
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

/** The folder of one upload under way. */
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

/** The folder of all blobs. */
export const blobsFolder: string = `${treeFolder}/blobs`;

/** The link to what a tag points at, where its folder lies. */
export function linkWithin(folder: string): string {
  return linkIn(`${folder}/current`);
}

/** Signatures of a schema 1 manifest that old versions kept in files of their own: an algorithm, and in it one each. */
export function signaturesFolder(name: RepositoryName, digest: Digest): string {
  return `${revisionFolder(name, digest)}/signatures`;
}

/** What a file or folder of the tree is for. */
export type StoredPath =
  | { readonly is: "blob"; readonly digest: Digest }
  | { readonly is: "layer" | "revision"; readonly repository: RepositoryName; readonly digest: Digest }
  | { readonly is: "current"; readonly repository: RepositoryName; readonly tag: Tag }
  | { readonly is: "index"; readonly repository: RepositoryName; readonly tag: Tag; readonly digest: Digest }
  | { readonly is: "upload"; readonly repository: RepositoryName; readonly id: string }
  | { readonly is: "part"; readonly repository: RepositoryName; readonly part: RepositoryPart };

/** The folders that make a repository. */
export type RepositoryPart = "layers" | "manifests" | "revisions" | "tags" | "uploads";

/** Reads a path back; a folder ends with a slash. Undefined for what the registry does not look at. */
export function parseStoredPath(path: string): StoredPath | undefined {
  if (path.startsWith(blobsPrefix))
    return path.endsWith("/data") ? blobAt(path.slice(blobsPrefix.length, -5)) : undefined;
  if (!path.startsWith(repositoriesPrefix)) return undefined;
  const end = path.indexOf("/_", repositoriesPrefix.length - 1);
  const repository = path.slice(repositoriesPrefix.length, end);
  return end === -1 || !isRepositoryName(repository) ? undefined : partAt(repository, path.slice(end + 1));
}

const blobsPrefix = `${treeFolder}/blobs/`;
const repositoriesPrefix = `${treeFolder}/repositories/`;

/** `sha256/ab/abcd…`; only the algorithm may have more than one part. */
function blobAt(folder: string): StoredPath | undefined {
  const last = folder.lastIndexOf("/");
  return withDigest(folder.slice(0, folder.lastIndexOf("/", last - 1)) + folder.slice(last), (digest) => ({
    is: "blob",
    digest,
  }));
}

function partAt(repository: RepositoryName, rest: string): StoredPath | undefined {
  const isLink = rest.endsWith("/link");
  if (isLink && rest.startsWith("_layers/")) {
    return withDigest(rest.slice(8, -5), (digest) => ({ is: "layer", repository, digest }));
  }
  if (isLink && rest.startsWith("_manifests/revisions/")) {
    return withDigest(rest.slice(21, -5), (digest) => ({ is: "revision", repository, digest }));
  }
  if (isLink && rest.startsWith("_manifests/tags/")) return tagAt(repository, rest.slice(16, -5));
  const part = rest.endsWith("/") ? parts.get(rest.slice(0, -1)) : undefined;
  if (part !== undefined) return { is: "part", repository, part };
  const [, id] = /^_uploads\/([^/]+)/.exec(rest) ?? [];
  return id === undefined ? undefined : { is: "upload", repository, id };
}

function tagAt(repository: RepositoryName, rest: string): StoredPath | undefined {
  const slash = rest.indexOf("/");
  const [tag, below] = [rest.slice(0, slash), rest.slice(slash + 1)];
  if (!isTag(tag)) return undefined;
  if (below === "current") return { is: "current", repository, tag };
  if (!below.startsWith("index/")) return undefined;
  return withDigest(below.slice(6), (digest) => ({ is: "index", repository, tag, digest }));
}

const parts: ReadonlyMap<string, RepositoryPart> = new Map([
  ["_layers", "layers"],
  ["_manifests", "manifests"],
  ["_manifests/revisions", "revisions"],
  ["_manifests/tags", "tags"],
  ["_uploads", "uploads"],
]);

/**
 * The order in which the registry's own collector walks: folder by folder, by name, a repository's own parts among
 * them.
 */
export function inWalkingOrder(one: RepositoryName, other: RepositoryName): number {
  const [a, b] = [`${one}/_manifests`.split("/"), `${other}/_manifests`.split("/")];
  for (let place = 0; ; place++) {
    const [mine, theirs] = [a[place] ?? "", b[place] ?? ""];
    if (mine !== theirs) return mine < theirs ? -1 : 1;
    if (mine === "") return 0;
  }
}

/** The files that the folders in a folder contain, so that these need not be opened; undefined where they must be. */
export function knownFolders(
  folder: string,
  { history = false }: { readonly history?: boolean } = {},
): KnownFolders | undefined {
  if (linkFolders.test(folder)) return { isKnown: isEncoded, files: ["link"] };
  if (dataFolders.test(folder)) return { isKnown: isEncoded, files: ["data"] };
  return !history && folder.endsWith("/_manifests/tags") ? { isKnown: () => true, files: ["current/link"] } : undefined;
}

// anchored at what no repository can be named: one may well be called by 64 hexadecimal digits
const linkFolders = /\/_(?:layers|manifests\/revisions)\/[^/]+$/;
const dataFolders = /^docker\/registry\/v2\/blobs\/[^/]+\/..$/;
const isEncoded = (name: string) => name.length >= 32 && isHexadecimal(name);

function withDigest(folder: string, make: (digest: Digest) => StoredPath): StoredPath | undefined {
  const slash = folder.lastIndexOf("/");
  const digest = `${folder.slice(0, slash)}:${folder.slice(slash + 1)}`;
  return isDigestText(digest) ? make(digest) : undefined;
}

function withinFolder(digest: Digest): string {
  const { algorithm, encoded } = partsOf(digest);
  return `${folderOf(algorithm)}/${encoded}`;
}

function folderOf(algorithm: string): string {
  return algorithm.replace(/[+.;]/g, "/"); // `a+b` is kept as `a/b`
}
