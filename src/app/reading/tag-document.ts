import type { Tag } from "../../registry/names.ts";
import type { ListedTag } from "./list-tags.ts";

/** A tag as scripts read it; `null` where something cannot be known. `--fast` gives its name and digest alone. */
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

/** The same with the tags that share the manifest. */
export function tagDocumentAmong(listed: ListedTag, sharers: readonly Tag[] | undefined): TagDocument {
  const siblings = sharers?.filter((tag) => tag !== listed.tag) ?? null;
  return { ...tagDocument(listed, { fast: false }), siblings };
}

/** The same with the first few of them, and how many there are: where thousands share a manifest, all lists together are huge. */
export function tagDocumentAmongFew(
  listed: ListedTag,
  sharers: readonly Tag[] | undefined,
): TagDocument & { readonly siblingCount?: number } {
  if (sharers === undefined) return tagDocumentAmong(listed, undefined);
  return { ...tagDocumentAmong(listed, sharers.slice(0, 10)), siblingCount: sharers.length - 1 };
}
