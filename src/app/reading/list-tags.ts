import { isAbsent, type RegistryError } from "../../registry/errors.ts";
import type { Digest, RepositoryName, Tag } from "../../registry/names.ts";
import { everyPage } from "../../registry/pages.ts";
import type { Registry } from "../../registry/registry.ts";
import { asCompleted } from "../../support/as-completed.ts";
import type { ManifestFacts } from "./manifest-facts.ts";
import { isGap, type ManifestReader, manifestReader, type ReaderOptions } from "./manifest-reader.ts";

/** A tag and what is known about it; `digest` is undefined where it could not be read. */
export interface ListedTag {
  readonly tag: Tag;
  readonly digest: Digest | undefined;
  /** Undefined where only names and digests were asked for. */
  readonly facts: ManifestFacts | undefined;
  /**
   * Why the tag could not be read; absent where the registry answered 404 (gone since, or listed without a manifest).
   */
  readonly failure?: RegistryError;
}

/** The events of a listing: first the names, page by page, then each tag as it is read. */
export type TagsEvent =
  | { readonly kind: "names"; readonly tags: readonly Tag[] }
  | { readonly kind: "tag"; readonly listed: ListedTag; readonly done: number; readonly total: number }
  | { readonly kind: "note"; readonly tag: Tag; readonly says: string };

/** How much is read about each tag. */
export interface ListTagsOptions extends ReaderOptions {
  /** True for names and digests only: one HEAD a tag. */
  readonly fast?: boolean;
}

/**
 * Lists a repository's tags and reads each. Throws `NAME_UNKNOWN`, and `ANSWER_INVALID` where the listing cannot be
 * completed.
 */
export async function* listTags(
  registry: Pick<Registry, "listTags" | "resolve" | "getManifest" | "getBlob">,
  repository: RepositoryName,
  options: ListTagsOptions,
): AsyncGenerator<TagsEvent> {
  const names: Tag[] = [];
  for await (const tags of everyPage((page) => registry.listTags(repository, page))) {
    options.signal?.throwIfAborted();
    for (const tag of tags) names.push(tag);
    yield { kind: "names", tags };
  }
  let done = 0;
  for await (const read of readTags(registry, { repository, tags: names }, options)) {
    yield* read.gaps.map((says) => ({ kind: "note", tag: read.listed.tag, says }) as const);
    yield { kind: "tag", listed: read.listed, done: ++done, total: names.length };
  }
}

/** A tag that was read, with what could not be read about it. */
export interface ReadTag {
  readonly listed: ListedTag;
  /** What could not be read, in sentences. */
  readonly gaps: readonly string[];
}

/**
 * Reads tags by name and yields each as its answer comes: one HEAD a tag, and the manifest of each distinct digest
 * once.
 */
export function readTags(
  registry: Pick<Registry, "resolve" | "getManifest" | "getBlob">,
  { repository, tags }: { readonly repository: RepositoryName; readonly tags: Iterable<Tag> },
  { fast = false, ...options }: ListTagsOptions,
): AsyncGenerator<ReadTag> {
  const reader = fast ? undefined : manifestReader(registry, repository, options);
  return asCompleted(tags, (tag) => readTag(registry, { repository, tag, reader }), options);
}

interface TagToRead {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly reader: ManifestReader | undefined;
}

async function readTag(registry: Pick<Registry, "resolve">, { repository, tag, reader }: TagToRead): Promise<ReadTag> {
  try {
    const { digest } = await registry.resolve(repository, tag);
    const facts = await reader?.facts(digest);
    return { listed: { tag, digest, facts }, gaps: facts?.gaps ?? [] };
  } catch (error) {
    if (!isGap(error)) throw error;
    const says = `cannot be read: ${error.message}`; // gone since the listing, or listed without a manifest
    const failure = isAbsent(error) ? {} : { failure: error };
    return { listed: { tag, digest: undefined, facts: undefined, ...failure }, gaps: [says] };
  }
}
