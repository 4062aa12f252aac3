import type { ManifestFacts } from "../../app/reading/manifest-facts.ts";
import type { Digest, Tag } from "../../registry/names.ts";

/**
 * What has been read of one repository. It is changed in place, since a hundred thousand tags must not be copied for
 * each answer; the model that holds it counts the changes in `revision`.
 */
export interface Book {
  readonly names: Tag[];
  /** Undefined for a tag that cannot be read; no entry for a tag that was not read yet. */
  readonly digests: Map<Tag, Digest | undefined>;
  readonly facts: Map<Digest, ManifestFacts>;
  readonly sharers: Map<Digest, Tag[]>;
}

/** What was read of one tag; `digest` is undefined where it cannot be read. */
export interface ReadRow {
  readonly tag: Tag;
  readonly digest: Digest | undefined;
  readonly facts?: ManifestFacts | undefined;
}

/** Makes a book without entries. */
export function emptyBook(): Book {
  return { names: [], digests: new Map(), facts: new Map(), sharers: new Map() };
}

/** Appends names in the order in which the registry listed them. */
export function addNames({ names }: Book, more: readonly Tag[]): void {
  for (const tag of more) names.push(tag);
}

/** Records what was read of one tag. */
export function addRow(book: Book, { tag, digest, facts }: ReadRow): void {
  const before = book.digests.get(tag);
  if (digest === undefined) {
    if (before === undefined) book.digests.set(tag, undefined);
    return;
  }
  if (facts !== undefined) book.facts.set(digest, facts);
  if (before === digest) return;
  if (before !== undefined) leaveSharers(book, tag, before);
  joinSharers(book, tag, digest);
  book.digests.set(tag, digest);
}

function joinSharers({ sharers }: Book, tag: Tag, digest: Digest): void {
  const tags = sharers.get(digest);
  if (tags === undefined) sharers.set(digest, [tag]);
  else tags.push(tag);
}

function leaveSharers({ sharers }: Book, tag: Tag, digest: Digest): void {
  sharers.set(
    digest,
    (sharers.get(digest) ?? []).filter((other) => other !== tag),
  );
}

/** True where a tag was read, or cannot be; with `withFacts` also what is told about its manifest. */
export function isRead({ digests, facts }: Book, tag: Tag, { withFacts }: { readonly withFacts: boolean }): boolean {
  const digest = digests.get(tag);
  return digest === undefined ? digests.has(tag) : !withFacts || facts.has(digest);
}

/**
 * A book for a new listing: facts about manifests are kept, digests of tags, and who shares them, only with
 * `keepDigests`.
 */
export function reopened(book: Book, { keepDigests }: { readonly keepDigests: boolean }): Book {
  const fresh = emptyBook();
  for (const [digest, facts] of book.facts) fresh.facts.set(digest, facts);
  if (keepDigests) for (const [tag, digest] of book.digests) if (digest !== undefined) addRow(fresh, { tag, digest });
  return fresh;
}

/**
 * To be called after the last name of a new listing: drops tags that are gone, and finds again which tags share
 * manifests.
 */
export function settleBook(book: Book): void {
  if (book.digests.size === 0) return;
  const standing = new Set(book.names);
  for (const tag of book.digests.keys()) if (!standing.has(tag)) book.digests.delete(tag);
  book.sharers.clear();
  for (const [tag, digest] of book.digests) if (digest !== undefined) joinSharers(book, tag, digest);
}
