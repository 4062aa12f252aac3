import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ownFolder } from "../../src/distribution/own-paths.ts";

/** The files of a registry's tree in order, without those that tagwise keeps beside them. */
export function storedFilesIn(directory: string): readonly string[] {
  const entries = readdirSync(join(directory, "docker"), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(join(directory, ownFolder)))
    .sort();
}
