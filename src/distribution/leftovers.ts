import { isUlid, timeOf } from "../support/ulid.ts";
import type { StorageDriver } from "./drivers/driver.ts";
import { othersPassing, serversPassing, takenTags } from "./own-paths.ts";

/** Milliseconds after which nothing passes any more, and no tag is put back. */
const longest = 60 * 60 * 1000;

/**
 * Removes what a server left that was killed in the middle of a write or a deletion. Only for who keeps all other
 * servers out.
 */
export async function removeServersLeftovers(driver: StorageDriver): Promise<void> {
  await removeFrom(driver, serversPassing, () => true);
}

/** Removes what anybody left so, longer ago than anything takes. */
export async function removeLeftovers(driver: StorageDriver, now: Date): Promise<void> {
  if (!driver.hasFolders) return;
  const isOld = (name: string) => isUlid(name) && timeOf(name) < now.getTime() - longest;
  for (const folder of [serversPassing, othersPassing, takenTags]) await removeFrom(driver, folder, isOld);
}

async function removeFrom(driver: StorageDriver, folder: string, isLeft: (name: string) => boolean): Promise<void> {
  const names = (await driver.list(folder)).filter(isLeft);
  for (const name of names) await driver.delete(`${folder}/${name}`, { durable: false });
}
