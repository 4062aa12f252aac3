import { hasCode, RegistryError } from "../../registry/errors.ts";
import type { RepositoryName } from "../../registry/names.ts";
import { everyPage } from "../../registry/pages.ts";
import type { Registry } from "../../registry/registry.ts";

/** Which repositories are listed. */
export interface ListRepositoriesOptions {
  /** Leading components of the name: `team` matches `team` and everything below `team/`; empty matches all. */
  readonly prefix?: string;
  readonly signal?: AbortSignal;
}

/**
 * Yields a registry's repository names page by page. Throws `UNSUPPORTED` or `DENIED` without a catalog, and where the
 * listing is incomplete.
 */
export async function* listRepositories(
  registry: Pick<Registry, "listRepositories">,
  { prefix = "", signal }: ListRepositoriesOptions = {},
): AsyncGenerator<readonly RepositoryName[]> {
  try {
    for await (const page of everyPage((request) =>
      registry.listRepositories({ ...request, ...(signal && { signal }) }),
    )) {
      signal?.throwIfAborted();
      const chosen = page.filter((name) => isBelow(name, prefix));
      if (chosen.length > 0) yield chosen;
    }
  } catch (error) {
    throw hasCode(error, "UNSUPPORTED", "DENIED") ? withoutCatalog(error) : error;
  }
}

/** True for a repository that has this name, or begins with its components. */
export function isBelow(name: RepositoryName, prefix: string): boolean {
  return prefix === "" || name === prefix || name.startsWith(`${prefix}/`);
}

/** Many registries have no catalog, or show it only to administrators. */
function withoutCatalog(cause: RegistryError): RegistryError {
  const { code, status, said, message } = cause;
  return new RegistryError(code, `the registry does not list its repositories: ${message}`, {
    cause,
    status,
    ...(said !== undefined && { said }),
    next: "name the repository yourself: tagwise tags HOST/REPOSITORY",
  });
}
