import { openStore } from "../../../src/app/collecting/open-store.ts";
import type { Environment } from "./environment.ts";

/**
 * Every file of a store whose path names a digest, in the tree and set aside, and when each was written: what a failed
 * soak shows.
 */
export async function whereabouts(store: string, digest: string, environment: Environment = {}): Promise<string> {
  const { driver } = await openStore(store, environment);
  const encoded = digest.slice(digest.indexOf(":") + 1);
  const found: string[] = [];
  const holds = async (path: string) =>
    path.endsWith("/link") && new TextDecoder().decode(await driver.read(path)).includes(encoded);
  for (const folder of ["docker", "tagwise"]) {
    for await (const batch of driver.walk(folder)) {
      for (const { path, facts } of batch) {
        if (!path.includes(encoded) && !(await holds(path))) continue;
        found.push(`${path} ${facts?.modified.toISOString() ?? "(a folder)"}`);
      }
    }
  }
  return found.sort().join("\n");
}
