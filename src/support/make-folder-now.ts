import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** As `makeFolder`, in one go: true where it was not there before. Throws the system's error where it cannot be. */
export function makeFolderNow(path: string, mode = 0o777): boolean {
  try {
    return makeOne(path, mode);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
  }
  makeFolderNow(dirname(path), mode);
  return makeOne(path, mode);
}

/** In a folder that is there; false where another was first. */
function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST" && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
