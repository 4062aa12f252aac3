import { randomBytes } from "node:crypto";
import { type Digest, isDigestText, type RepositoryName, type Tag } from "../registry/names.ts";
import { isFilled } from "../support/system-error.ts";
import { ulid } from "../support/ulid.ts";
import type { StorageDriver } from "./drivers/driver.ts";
import { takenTags } from "./own-paths.ts";
import { currentLink, linkWithin, tagFolder } from "./paths.ts";

/** A tag to take out of the tree, and what it must point at. */
export interface TagToTake {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly expected: Digest;
}

/** The result: a `moved` tag points elsewhere and stays; `to` is undefined where its link could not be read. */
export type TakenOut =
  | { readonly is: "removed" | "absent" }
  | { readonly is: "moved"; readonly to: Digest | undefined };

/** 2.x opens a link before it writes it: for so long, in milliseconds, the one that was taken out may still change. */
const patience = 100;

/**
 * Removes one tag from the tree, unless it points elsewhere by then. Where there are folders one rename takes the tag
 * out, what was taken is read, and it goes back if it changed; in a bucket the link goes first, then the history.
 */
export async function takeTagOut(
  driver: StorageDriver,
  { repository, tag, expected }: TagToTake,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<TakenOut> {
  const current = await linkAt(driver, currentLink(repository, tag));
  if (current === undefined) return { is: "absent" };
  if (current !== expected) return { is: "moved", to: digestIn(current) };
  const folder = tagFolder(repository, tag);
  if (!driver.hasFolders) return removeObjects(driver, folder, currentLink(repository, tag));
  const taken = `${takenTags}/${ulid(Date.now(), randomBytes(16))}`;
  const moved = await driver.moveAll([{ from: folder, to: taken }]);
  if (moved.length === 0) return { is: "absent" };
  for (const wait of [0, patience]) {
    if (wait > 0) await sleep(wait);
    const link = await linkAt(driver, linkWithin(taken));
    if (link !== undefined && link !== expected) return putBack(driver, { taken, folder, link });
  }
  await driver.delete(taken, { durable: false });
  return { is: "removed" };
}

async function removeObjects(driver: StorageDriver, folder: string, current: string): Promise<TakenOut> {
  await driver.deleteAll([current]);
  await driver.delete(folder);
  return { is: "removed" };
}

interface Changed {
  readonly taken: string;
  readonly folder: string;
  /** What the link holds now. */
  readonly link: string;
}

/** Somebody pushed to the tag while it was taken out; where he has pushed again since, that newer push stands. */
async function putBack(driver: StorageDriver, { taken, folder, link }: Changed): Promise<TakenOut> {
  try {
    await driver.moveAll([{ from: taken, to: folder }]);
  } catch (error) {
    if (!isFilled(error)) throw error;
    await driver.delete(taken, { durable: false });
  }
  return { is: "moved", to: digestIn(link) };
}

/** The text of a link; undefined where there is none. */
async function linkAt(driver: StorageDriver, path: string): Promise<string | undefined> {
  const bytes = await driver.read(path);
  return bytes && new TextDecoder().decode(bytes);
}

function digestIn(link: string): Digest | undefined {
  return isDigestText(link) ? link : undefined;
}
