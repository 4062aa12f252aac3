import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf, isMissing } from "./system-error.ts";

/**
 * As `makeFolder`, synchronously: true where the folder was made, false where it existed. Throws the system's error.
 */
export function makeFolderNow(path: string, mode = 0o777): boolean {
  try {
    return makeOne(path, mode);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
  }
  makeFolderNow(dirname(path), mode);
  return makeOne(path, mode);
}

/** Makes one folder whose parent exists; false where it exists already. */
function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST" && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false;
    throw error;
  }
}
