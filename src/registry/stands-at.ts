import { unlessAbsent } from "./errors.ts";
import type { Descriptor } from "./image.ts";
import type { Reference, RepositoryName } from "./names.ts";
import type { Registry } from "./registry.ts";

/** What a tag or digest stands for now; undefined where the registry does not have it. */
export function standsAt(
  registry: Pick<Registry, "resolve">,
  repository: RepositoryName,
  reference: Reference,
): Promise<Descriptor | undefined> {
  return unlessAbsent(registry.resolve(repository, reference), undefined);
}
