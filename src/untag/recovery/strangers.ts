import type { Digest, Tag } from "../../registry/names.ts";
import { everyTag } from "../../registry/pages.ts";
import { standsAt } from "../../registry/stands-at.ts";
import { grouped } from "../../support/grouped.ts";
import { pooled } from "../../support/pool.ts";
import type { TagOutcome } from "../outcome.ts";
import type { Work } from "../strategy.ts";
import type { LeftChunk } from "./unfinished.ts";

/**
 * Finds, by digest, the tags of a repository that an operation was not asked to remove: somebody may have copied a tag
 * while it stood on its decoy, and the copy would go with that. One HEAD a tag.
 */
export async function othersByDigest(
  { registry, repository, concurrency }: Work,
  chosen: ReadonlySet<Tag>,
): Promise<ReadonlyMap<Digest, readonly Tag[]>> {
  const others = (await everyTag(registry, repository)).filter((tag) => !chosen.has(tag));
  const stands = await pooled(others, (tag) => standsAt(registry, repository, tag), { concurrency });
  const standing = others.flatMap((tag, index) => {
    const digest = stands[index]?.digest;
    return digest === undefined ? [] : [{ tag, digest }];
  });
  const groups = grouped(standing, ({ digest }) => digest);
  return new Map([...groups].map(([digest, some]) => [digest, some.map(({ tag }) => tag)]));
}

/** The outcomes of tags whose decoy is not deleted, since other tags stand on it too. */
export function sharedDecoy({ removals }: LeftChunk, others: readonly Tag[]): readonly TagOutcome[] {
  const reason = `"${others[0]}" was copied from it and stands on its decoy as well; move or remove that first, or say --rollback`;
  return removals.map(({ tag, original: { digest } }) => ({
    tag,
    digest,
    outcome: "failed",
    code: "STRANDED",
    reason,
  }));
}
