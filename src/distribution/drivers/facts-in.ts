import type { Stats } from "node:fs";
import type { StoredFile } from "./driver.ts";

/** What is told of a file; undefined where there is none, or a folder. */
export function factsIn(found: Stats | undefined): StoredFile | undefined {
  return found?.isFile() ? { size: found.size, modified: found.mtime } : undefined;
}
