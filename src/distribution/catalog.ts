import { isRepositoryName, type RepositoryName } from "../registry/names.ts";
import type { Page, PageRequest } from "../registry/registry.ts";
import type { StorageDriver } from "./drivers/driver.ts";
import { isNameComponent, isRepository, repositoriesFolder, repositoryFolder } from "./paths.ts";

/** One page of the repositories in a storage tree; only the folders of that page are opened. */
export async function repositoryPage(
  driver: StorageDriver,
  { cursor, after, limit = Number.POSITIVE_INFINITY }: PageRequest = {},
): Promise<Page<RepositoryName>> {
  const behind = cursor ?? after ?? "";
  const items: RepositoryName[] = [];
  if (limit === 0) return { items };
  for await (const name of repositoriesBehind(driver, { folder: "", behind })) {
    const last = items.at(-1);
    if (items.length === limit && last !== undefined) return { items, next: last };
    items.push(name);
  }
  return { items };
}

interface Walk {
  /** The name so far; empty at the top. */
  readonly folder: string;
  /** Only names behind this one are wanted. */
  readonly behind: string;
}

/** Walks the folders in the order of their components, as distribution does: `a`, `a/b`, `a-b`. */
async function* repositoriesBehind(driver: StorageDriver, { folder, behind }: Walk): AsyncGenerator<RepositoryName> {
  const entries = await driver.list(folder === "" ? repositoriesFolder : repositoryFolder(folder));
  if (isRepository(entries) && isRepositoryName(folder) && orderOf(folder) > orderOf(behind)) yield folder;
  for (const entry of entries.filter(isNameComponent).sort()) {
    const name = folder === "" ? entry : `${folder}/${entry}`;
    if (mayLeadBehind(name, behind)) yield* repositoriesBehind(driver, { folder: name, behind });
  }
}

/** False where the folder and everything below it sort before the wanted names. */
function mayLeadBehind(folder: string, behind: string): boolean {
  return orderOf(folder) > orderOf(behind) || behind === folder || behind.startsWith(`${folder}/`);
}

/** A slash comes before everything else that a name may hold. */
function orderOf(name: string): string {
  return name.replaceAll("/", "\0");
}
