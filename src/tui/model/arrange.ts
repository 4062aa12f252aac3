import type { Digest, Tag } from "../../registry/names.ts";
import type { Book } from "./book.ts";

/** The orders of tags, in the order in which `s` goes through them. */
export const sortOrders = ["name", "newest", "largest"] as const;
/** One of `sortOrders`. */
export type SortOrder = (typeof sortOrders)[number];

/** The rows of a repository's tags, and the manifests in their headings where they are grouped. */
export interface Arrangement {
  readonly rows: Int32Array | undefined;
  readonly length: number;
  /** The heading of group 0 is row -1, that of group 1 is -2; undefined is the group of tags not read yet. */
  readonly groups: readonly (Digest | undefined)[];
}

interface Wanted {
  readonly sort: SortOrder;
  readonly isGrouped: boolean;
}

/** Sorts and groups the chosen rows, which are given in the order of their names; undefined stands for all names. */
export function arranged(book: Book, chosen: Int32Array | undefined, { sort, isGrouped }: Wanted): Arrangement {
  const count = chosen?.length ?? book.names.length;
  if (sort === "name" && !isGrouped) return { rows: chosen, length: count, groups: [] };
  const rows = chosen?.slice() ?? Int32Array.from({ length: count }, (_, place) => place);
  if (sort !== "name") sortRows(book, rows, sort);
  return isGrouped ? grouped(book, rows) : { rows, length: count, groups: [] };
}

/** Sorts rows by a fact, descending; unknown facts come last, ties stay in the given order. */
function sortRows(book: Book, rows: Int32Array, sort: SortOrder): void {
  const keys = new Float64Array(book.names.length);
  for (const place of rows) keys[place] = keyOf(book, book.names[place], sort);
  rows.sort((a, b) => (keys[b] ?? 0) - (keys[a] ?? 0));
}

function keyOf(book: Book, tag: Tag | undefined, sort: SortOrder): number {
  const digest = tag && book.digests.get(tag);
  const facts = digest && book.facts.get(digest);
  if (sort === "largest") return facts?.size ?? -1;
  return facts?.created === undefined ? Number.MIN_SAFE_INTEGER : Date.parse(facts.created);
}

/** Groups rows under headings of their manifests, those with most tags first; ties stay in the given order. */
function grouped(book: Book, rows: Int32Array): Arrangement {
  const byDigest = new Map<Digest | undefined, number[]>();
  for (const place of rows) {
    const digest = book.digests.get(book.names[place] as Tag);
    const group = byDigest.get(digest);
    if (group === undefined) byDigest.set(digest, [place]);
    else group.push(place);
  }
  const unread = byDigest.get(undefined);
  byDigest.delete(undefined);
  const groups = [...byDigest].sort(([, a], [, b]) => b.length - a.length);
  const all = [...groups, ...(unread === undefined ? [] : ([[undefined, unread]] as const))];
  const out = new Int32Array(rows.length + all.length);
  let next = 0;
  for (const [index, [, places]] of all.entries()) {
    out[next++] = -1 - index;
    for (const place of places) out[next++] = place;
  }
  return { rows: out, length: out.length, groups: all.map(([digest]) => digest) };
}
