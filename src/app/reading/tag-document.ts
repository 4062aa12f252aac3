import type { Tag } from "../../registry/names.ts";
import type { ListedTag } from "./list-tags.ts";

/** A tag as JSON for scripts; a field is null where it could not be read. With `--fast` it has only name and digest. */
export interface TagDocument {
  readonly tag: string;
  readonly digest: string | null;
  readonly mediaType?: string | null;
  readonly kind?: string | null;
  readonly size?: number | null;
  readonly created?: string | null;
  readonly platforms?: readonly string[] | null;
  readonly siblings?: readonly string[] | null;
}

/** The document of a tag without its siblings. */
export function tagDocument(listed: ListedTag, { fast }: { readonly fast: boolean }): TagDocument {
  const { tag, facts } = listed;
  const digest = listed.digest ?? null;
  if (fast) return { tag, digest };
  return {
    tag,
    digest,
    mediaType: facts?.mediaType ?? null,
    kind: facts?.kind ?? null,
    size: facts?.size ?? null,
    created: facts?.created ?? null,
    platforms: facts?.platforms ?? null,
  };
}

/** The document of a tag with its siblings; `sharers` are all tags of its manifest, itself included. */
export function tagDocumentAmong(listed: ListedTag, sharers: readonly Tag[] | undefined): TagDocument {
  const siblings = sharers?.filter((tag) => tag !== listed.tag) ?? null;
  return { ...tagDocument(listed, { fast: false }), siblings };
}

/**
 * The document with at most ten siblings and their number: where thousands of tags share a manifest, full lists would
 * be huge.
 */
export function tagDocumentAmongFew(
  listed: ListedTag,
  sharers: readonly Tag[] | undefined,
): TagDocument & { readonly siblingCount?: number } {
  if (sharers === undefined) return tagDocumentAmong(listed, undefined);
  return { ...tagDocumentAmong(listed, sharers.slice(0, 10)), siblingCount: sharers.length - 1 };
}
