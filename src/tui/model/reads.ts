import type { Digest, Tag } from "../../registry/names.ts";

/** The digests of tags that were read for a plan so far; changed in place. */
export interface Reads {
  readonly chosen: ReadonlySet<Tag>;
  readonly digests: Map<Tag, Digest>;
  /** For each manifest the number of tags on it that are not chosen. */
  readonly siblings: Map<Digest, number>;
}

/** Nothing read yet for these chosen tags. */
export function noReads(chosen: Iterable<Tag>): Reads {
  return { chosen: new Set(chosen), digests: new Map(), siblings: new Map() };
}

/** Records the digest of one tag, chosen or not. */
export function addRead({ chosen, digests, siblings }: Reads, tag: Tag, digest: Digest): void {
  const before = digests.get(tag);
  digests.set(tag, digest);
  if (chosen.has(tag) || before === digest) return;
  if (before !== undefined) siblings.set(before, (siblings.get(before) ?? 0) - 1);
  siblings.set(digest, (siblings.get(digest) ?? 0) + 1);
}
