import type { Digest, Tag } from "../../registry/names.ts";

/** Where tags stand, as far as they were read for a plan; grows in place. */
export interface Reads {
  readonly chosen: ReadonlySet<Tag>;
  readonly digests: Map<Tag, Digest>;
  /** How many tags that are not chosen stand on a manifest. */
  readonly siblings: Map<Digest, number>;
}

export function noReads(chosen: Iterable<Tag>): Reads {
  return { chosen: new Set(chosen), digests: new Map(), siblings: new Map() };
}

export function addRead({ chosen, digests, siblings }: Reads, tag: Tag, digest: Digest): void {
  const before = digests.get(tag);
  digests.set(tag, digest);
  if (chosen.has(tag) || before === digest) return;
  if (before !== undefined) siblings.set(before, (siblings.get(before) ?? 0) - 1);
  siblings.set(digest, (siblings.get(digest) ?? 0) + 1);
}
