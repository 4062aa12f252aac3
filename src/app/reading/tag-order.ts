import type { Digest, Tag } from "../../registry/names.ts";
import type { ListedTag } from "./list-tags.ts";

/** What tags are sorted by. */
export type SortKey = "name" | "created" | "size";

/**
 * Sorts tags in ascending order, or descending with `reverse`; ties are ordered by name, unknown values always come
 * last.
 */
export function ordered(
  tags: readonly ListedTag[],
  {
    sort = "name",
    reverse = false,
  }: { readonly sort?: SortKey | undefined; readonly reverse?: boolean | undefined } = {},
): readonly ListedTag[] {
  const keyed = tags.map((listed) => ({ listed, key: keyOf(listed, sort) }));
  keyed.sort((a, b) => {
    if (a.key === undefined || b.key === undefined)
      return Number(a.key === undefined) - Number(b.key === undefined) || byName(a, b);
    const order = a.key < b.key ? -1 : Number(a.key > b.key);
    return (reverse ? -order : order) || byName(a, b);
  });
  return keyed.map(({ listed }) => listed);
}

function keyOf({ tag, facts }: ListedTag, sort: SortKey): string | number | undefined {
  if (sort === "name") return tag;
  if (sort === "size") return facts?.size;
  return facts?.created === undefined ? undefined : Date.parse(facts.created);
}

function byName(a: { readonly listed: ListedTag }, b: { readonly listed: ListedTag }): number {
  return a.listed.tag < b.listed.tag ? -1 : Number(a.listed.tag > b.listed.tag);
}

/** Groups tags by digest, in the order given; tags that could not be read are left out. */
export function sharersByDigest(tags: readonly ListedTag[]): ReadonlyMap<Digest, readonly Tag[]> {
  const found = new Map<Digest, Tag[]>();
  for (const { tag, digest } of tags) {
    if (digest === undefined) continue;
    const sharers = found.get(digest);
    if (sharers === undefined) found.set(digest, [tag]);
    else sharers.push(tag);
  }
  return found;
}
