import { hasCode, isRefusal, isUnexplained, RegistryError, unlessAbsent } from "../../registry/errors.ts";
import type { Tag } from "../../registry/names.ts";
import type { TagDeletionPath } from "../../registry/registry.ts";
import { standsAt } from "../../registry/stands-at.ts";
import { pooled } from "../../support/pool.ts";
import {
  interrupted,
  pushedAnew,
  refused,
  type StrategyName,
  type TagOutcome,
  unchanged,
  untouched,
} from "../outcome.ts";
import { limitedPatience, type Patience, patiently } from "../patience.ts";
import type { TagRemoval, UntagStrategy, Work } from "../strategy.ts";

/** Removes tags with the specification's `DELETE /v2/<name>/manifests/<tag>`, one request a tag, after a HEAD. */
export const nativeStrategy: UntagStrategy = deletingBy("native", "manifests");

/**
 * Removes tags by the path that GitLab's registry had before the specification: `DELETE
 * /v2/<name>/tags/reference/<tag>`.
 */
export const gitlabStrategy: UntagStrategy = deletingBy("gitlab", "tags/reference");

function deletingBy(name: StrategyName, path: TagDeletionPath): UntagStrategy {
  return {
    name,
    async remove(work, removals) {
      const ended = new Map<Tag, TagOutcome>();
      const patience = limitedPatience(work);
      const removeAndTell = async (removal: TagRemoval): Promise<void> => {
        ended.set(removal.tag, await removeOne(work, removal, { path, patience }));
        const [done, total] = [ended.size, removals.length];
        work.emit({ kind: "progress", repository: work.repository, phase: "removing", done, total });
      };
      try {
        await pooled(removals, removeAndTell, { concurrency: work.concurrency });
        return inOrder(removals, ended);
      } catch (error) {
        const hasRemoved = [...ended.values()].some(({ outcome }) => outcome === "removed");
        if (!hasRemoved || !(error instanceof RegistryError)) throw error;
        return inOrder(removals, ended, error);
      }
    },
  };
}

function inOrder(removals: readonly TagRemoval[], ended: ReadonlyMap<Tag, TagOutcome>, why?: unknown): TagOutcome[] {
  return removals.map((removal) => ended.get(removal.tag) ?? untouched(removal, why));
}

interface Way {
  readonly path: TagDeletionPath;
  /** The limit for repeated failures; all tags share it. */
  readonly patience: Patience;
}

/** Removes one tag. Throws `UNSUPPORTED`; every other failure becomes the tag's outcome. */
async function removeOne(work: Work, removal: TagRemoval, { path, patience }: Way): Promise<TagOutcome> {
  const { registry, repository, signal } = work;
  const { tag, original } = removal;
  const { digest } = original;
  let isSent = false;
  let isLost = false; // a deletion was never answered
  const attempt = async (): Promise<TagOutcome> => {
    // each try looks first: the last one may have been carried out, and somebody may have pushed since
    const current = await standsAt(registry, repository, tag);
    if (current === undefined) return { tag, digest, outcome: isSent ? "removed" : "absent" };
    if (current.digest !== digest) return pushedAnew(removal, current.digest);
    if (signal?.aborted && !isSent) return untouched(removal, interrupted);
    isSent = true;
    await unlessAbsent(registry.deleteTag(repository, tag, path), undefined).catch((error) => {
      isLost ||= hasCode(error, "LOST", "UNAVAILABLE");
      throw error;
    });
    return { tag, digest, outcome: "removed" };
  };
  if (signal?.aborted) return untouched(removal, interrupted);
  try {
    return await patiently(patience, attempt);
  } catch (error) {
    if (!(error instanceof RegistryError) || hasCode(error, "UNSUPPORTED")) throw error;
    if (isRefusal(error)) return { ...refused(removal, error), ...(isLost ? { unanswered: true } : {}) };
    if (!isSent) return untouched(removal, error);
    // it may have been deleted all the same, and nobody looks again where it cannot be read back
    const isUnclear = isLost || isUnexplained(error) || hasCode(error, "ANSWER_INVALID");
    return { ...unchanged(removal, error), ...(isUnclear && { unanswered: true }) };
  }
}
