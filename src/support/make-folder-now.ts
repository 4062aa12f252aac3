import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** As `makeFolder`, in one go: true where it was not there before. Throws the system's error where it cannot be. */
export function makeFolderNow(path: string, mode = 0o777): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(path).isDirectory()) return false;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
  }
  makeFolderNow(dirname(path), mode);
  mkdirSync(path, { mode });
  return true;
}
