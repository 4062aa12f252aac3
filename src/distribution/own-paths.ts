import { treeFolder } from "./paths.ts";

// What is tagwise's own lies beside the repositories and the blobs, which are all that a registry walks, and so on
// their file system or in their bucket: `docker` may be a disk of its own.

/** The folder of all that is tagwise's own. */
export const ownFolder: string = `${treeFolder}/tagwise`;

/**
 * Where the one server that writes keeps what is on its way in or out: what it leaves there when it is killed, nobody
 * needs.
 */
export const serversPassing: string = `${ownFolder}/passing/server`;

/** The same of all who work beside it. */
export const othersPassing: string = `${ownFolder}/passing/others`;

/** Where tags lie between their removal from the tree and their deletion. */
export const takenTags: string = `${ownFolder}/taken`;

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
