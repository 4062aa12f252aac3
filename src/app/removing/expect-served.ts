import { isPassing, isRefusal, RegistryError } from "../../registry/errors.ts";
import type { Digest, Tag } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { standsAt } from "../../registry/stands-at.ts";
import { pooled } from "../../support/pool.ts";
import type { Emit } from "../../untag/events.ts";
import type { PlanLine, RepositoryPlan } from "../../untag/plan.ts";

interface ServedOptions {
  readonly host: string;
  readonly concurrency: number;
  readonly emit: Emit;
}

/**
 * Compares the tags that will be removed from a storage with those of the named registry. Throws `DENIED` where they
 * differ, since then the registry serves another storage. A registry that does not answer may be stopped: only a note.
 */
export async function expectServed(
  registry: Pick<Registry, "resolve">,
  plans: readonly RepositoryPlan[],
  { host, concurrency, emit }: ServedOptions,
): Promise<void> {
  for (const { repository, lines } of plans) {
    const check = async ({ tag, digest }: Expected): Promise<void> => {
      const shown = (await standsAt(registry, repository, tag))?.digest;
      if (shown !== digest)
        throw otherStorage(host, `${repository}:${tag} ${shown === undefined ? "is not" : `is ${shown}`} there`);
    };
    try {
      await pooled(lines.flatMap(expectedOf), check, { concurrency });
    } catch (error) {
      if (!isPassing(error) && !(isRefusal(error) && !isOurs(error))) throw error;
      emit({
        kind: "note",
        repository,
        says: `nobody knows whether ${host} serves this storage: it could not be asked`,
      });
    }
  }
}

interface Expected {
  readonly tag: Tag;
  /** The digest in the storage; undefined where the tag is not there. */
  readonly digest: Digest | undefined;
}

function expectedOf(line: PlanLine): readonly Expected[] {
  if (line.act === "remove") return [{ tag: line.tag, digest: line.original.digest }];
  return line.outcome.outcome === "absent" ? [{ tag: line.tag, digest: undefined }] : [];
}

const said = "OTHER_STORAGE";

function otherStorage(host: string, why: string): RegistryError {
  return new RegistryError("DENIED", `this is not the storage of ${host}: ${why}`, {
    said,
    next: "name the storage of that registry, or the registry of that storage",
  });
}

function isOurs(error: unknown): boolean {
  return error instanceof RegistryError && error.said === said;
}
