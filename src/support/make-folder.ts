import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those it lies in; rejects with the system's error where that cannot be. Node's own recursive `mkdir`
 * never ends where a folder that is there denies that anything could be in it, as /proc does.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  let failure = await failureOf(path, mode);
  if (failure?.code === "ENOENT" && dirname(path) !== path) {
    await makeFolder(dirname(path), mode);
    failure = await failureOf(path, mode);
  }
  if (failure !== undefined) throw failure;
}

/** Why a folder is not there and cannot be made in one that is; undefined where it is there now. */
async function failureOf(path: string, mode: number): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path, { mode });
    return undefined;
  } catch (error) {
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    return isThere ? undefined : (error as NodeJS.ErrnoException);
  }
}
