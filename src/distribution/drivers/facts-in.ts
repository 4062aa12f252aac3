import type { Stats } from "node:fs";
import type { StoredFile } from "./driver.ts";

/** The size and time of a file; undefined where there is none, or where it is a folder. */
export function factsIn(found: Stats | undefined): StoredFile | undefined {
  return found?.isFile() ? { size: found.size, modified: found.mtime } : undefined;
}
