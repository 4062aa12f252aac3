import { type Digest, isDigestText } from "../../registry/names.ts";
import type { StorageDriver } from "./driver.ts";

/** The paths of all files below a folder. */
export async function filesBelow(driver: StorageDriver, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const batch of driver.walk(folder, { facts: false })) {
    for (const { path } of batch) if (!path.endsWith("/")) found.push(path);
  }
  return found;
}

/** The digests that a folder has an entry for, as `ALGORITHM/HEX`. */
export async function digestsBelow(driver: StorageDriver, folder: string): Promise<readonly Digest[]> {
  const algorithms = await driver.list(folder);
  const digests = await Promise.all(
    algorithms.map(async (algorithm) =>
      (await driver.list(`${folder}/${algorithm}`)).map((encoded) => `${algorithm}:${encoded}`),
    ),
  );
  return digests.flat().filter(isDigestText);
}
