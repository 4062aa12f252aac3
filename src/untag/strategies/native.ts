import { hasCode, isAbsent, isRefusal, RegistryError, unlessAbsent } from "../../registry/errors.ts";
import type { TagDeletionPath } from "../../registry/registry.ts";
import { pooled } from "../../support/pool.ts";
import type { StrategyName, TagOutcome } from "../outcome.ts";
import type { Removal, UntagStrategy, Work } from "../strategy.ts";

/** Asks the registry itself, with the specification's `DELETE /v2/<name>/manifests/<tag>`. */
export const nativeStrategy: UntagStrategy = deletingBy("native", "manifests");

/** Asks by the path that GitLab's registry had before the specification: `DELETE /v2/<name>/tags/reference/<tag>`. */
export const gitlabStrategy: UntagStrategy = deletingBy("gitlab", "tags/reference");

function deletingBy(name: StrategyName, path: TagDeletionPath): UntagStrategy {
  return {
    name,
    async remove(work, removals) {
      let done = 0;
      return pooled(
        removals,
        async (removal) => {
          const outcome = await removeOne(work, removal, path);
          work.emit({
            kind: "progress",
            repository: work.repository,
            phase: "removing",
            done: ++done,
            total: removals.length,
          });
          return outcome;
        },
        { concurrency: work.concurrency },
      );
    },
  };
}

async function removeOne(work: Work, { tag, original }: Removal, path: TagDeletionPath): Promise<TagOutcome> {
  const { registry, repository, signal } = work;
  const { digest } = original;
  if (signal?.aborted)
    return { tag, digest, outcome: "failed", reason: "interrupted before it was touched", code: "INTERRUPTED" };
  try {
    const current = await unlessAbsent(registry.resolve(repository, tag), undefined);
    if (current === undefined) return { tag, digest, outcome: "absent" };
    if (current.digest !== digest)
      return { tag, digest: current.digest, outcome: "kept", reason: "it was pushed anew meanwhile" };
    await registry.deleteTag(repository, tag, path);
    return { tag, digest, outcome: "removed" };
  } catch (error) {
    return outcomeOf(work, { tag, original }, error);
  }
}

async function outcomeOf(
  { registry, repository }: Work,
  { tag, original: { digest } }: Removal,
  error: unknown,
): Promise<TagOutcome> {
  if (!(error instanceof RegistryError)) throw error;
  if (isAbsent(error)) return { tag, digest, outcome: "removed" };
  const { code, said = code, message: reason } = error;
  if (isRefusal(error) || code === "UNSUPPORTED") return { tag, digest, outcome: "refused", reason, code: said };
  const stands = await registry.resolve(repository, tag).catch((cause) => cause);
  if (hasCode(error, "LOST") && isAbsent(stands)) return { tag, digest, outcome: "removed" };
  return { tag, digest, outcome: "failed", reason, code: said };
}
