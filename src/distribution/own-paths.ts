import { treeFolder } from "./paths.ts";

// What is tagwise's own lies beside the repositories and the blobs, which are all that a registry walks, and so on their
// file system or in their bucket: `docker` may be a disk of its own.

/** The folder of all that is tagwise's own. */
export const ownFolder: string = `${treeFolder}/tagwise`;

/** Where lies what is on its way into the tree or out of it: what a killed process leaves there, nobody needs. */
export const passingFolder: string = `${ownFolder}/passing`;

/** Where a tag lies between its removal from the tree and its deletion. */
export function takenFolder(id: string): string {
  return `${ownFolder}/taken/${id}`;
}

/** Where a collector puts what it takes out of the tree. */
export const collectionsFolder: string = `${ownFolder}/collections`;

/** The files of one run of the collector. */
function collectionFolder(run: string): string {
  return `${collectionsFolder}/${run}`;
}

/** The record of a run. */
export function runFile(run: string): string {
  return `${collectionFolder(run)}/run.json`;
}

/** What a run has set aside. */
export function asideFolder(run: string): string {
  return `${collectionFolder(run)}/aside`;
}

/** Where a file of the tree lies while it is set aside by a run. */
export function asidePath(run: string, path: string): string {
  return `${asideFolder(run)}/${path}`;
}

/** The file of the tree that lies set aside at a path; undefined where that is none. */
export function parseAside(path: string): { readonly run: string; readonly path: string } | undefined {
  const [, run, original] = aside.exec(path) ?? [];
  return run === undefined || original === undefined ? undefined : { run, path: original };
}

const aside = new RegExp(`^${collectionsFolder}/([^/]+)/aside/(.+)$`);
