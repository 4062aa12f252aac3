import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isMissing } from "./system-error.ts";

/**
 * Makes a folder and its parents; rejects with the system's error where that fails. Node's own recursive `mkdir` never
 * ends where an existing folder answers ENOENT for everything in it, as /proc does.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  let failure = await failureOf(path, mode);
  if (isMissing(failure) && dirname(path) !== path) {
    await makeFolder(dirname(path), mode);
    failure = await failureOf(path, mode);
  }
  if (failure !== undefined) throw failure;
}

/** Makes one folder; resolves to the error, or undefined where the folder exists now. */
async function failureOf(path: string, mode: number): Promise<unknown> {
  try {
    await mkdir(path, { mode });
    return undefined;
  } catch (error) {
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    return isThere ? undefined : error;
  }
}
