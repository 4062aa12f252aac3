import { hasCode, isAbsent, unlessAbsent } from "../../registry/errors.ts";
import { type Descriptor, describe, type Manifest, parseManifest } from "../../registry/image.ts";
import {
  type Digest,
  isDigest,
  type Reference,
  type RepositoryName,
  referrersTag,
  type Tag,
} from "../../registry/names.ts";
import { allOf, everyTag } from "../../registry/pages.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Session } from "../session.ts";
import type { ImageConfig } from "./image-config.ts";
import { readTags } from "./list-tags.ts";
import type { ManifestFacts, TypedContent } from "./manifest-facts.ts";
import { configOf, isGap, manifestReader, type ReaderOptions } from "./manifest-reader.ts";

/** One manifest and everything around it; undefined where a part could not be read or was not asked for. */
export interface Inspection {
  readonly digest: Digest;
  readonly content: TypedContent;
  readonly facts: ManifestFacts;
  /** Present only where the manifest has an image config that can be read. */
  readonly config: ImageConfig | undefined;
  /** All other tags that point at the manifest. */
  readonly siblings: readonly Tag[] | undefined;
  readonly referrers: readonly Descriptor[] | undefined;
  /** What could not be read, in sentences. */
  readonly gaps: readonly string[];
}

/** How much is read about a manifest. */
export interface InspectOptions extends ReaderOptions {
  /** Called with the progress after each tag that is read. */
  readonly onScan?: (done: number, total: number) => void;
  /** False to leave the other tags unread, so that `siblings` stays undefined; true by default. */
  readonly scan?: boolean;
}

/**
 * Reads a manifest, its children and config, its sibling tags (one HEAD a tag) and its referrers. Throws
 * `MANIFEST_UNKNOWN`, `MANIFEST_INVALID`.
 */
export async function inspectManifest(
  { registry: asked, shown: registry }: Pick<Session, "registry" | "shown">,
  { repository, reference }: { readonly repository: RepositoryName; readonly reference: Reference },
  options: InspectOptions,
): Promise<Inspection> {
  const { digest, manifest } = await readFirst(asked, repository, reference); // a cache may hold what was deleted
  const known = {
    ...registry,
    getManifest: async (name: RepositoryName, of: Reference) =>
      of === digest ? manifest : registry.getManifest(name, of),
  };
  const reader = manifestReader(known, repository, options);
  const content = await reader.content(digest);
  const facts = await reader.facts(digest);
  const configDigest = configOf(content);
  const config = configDigest && (await reader.config(configDigest).catch(unlessGap));
  const gaps = [...facts.gaps];
  const noted = (error: unknown) => {
    if (!isGap(error)) throw error;
    gaps.push(error.message);
    return undefined;
  };
  const siblings =
    options.scan === false
      ? undefined
      : await siblingsOf(registry, { repository, reference, digest }, { ...options, gaps }).catch(noted);
  const referrers = await referrersOf(registry, repository, digest).catch(noted);
  return { digest, content, facts, config: config ?? undefined, siblings, referrers, gaps };
}

async function readFirst(
  registry: Registry,
  repository: RepositoryName,
  reference: Reference,
): Promise<{ digest: Digest; manifest: Manifest }> {
  const manifest = await registry.getManifest(repository, reference);
  parseManifest(manifest); // throws where it is not a manifest
  return { digest: isDigest(reference) ? reference : describe(manifest).digest, manifest };
}

function unlessGap(error: unknown): undefined {
  if (!isGap(error)) throw error; // the facts list it as a gap
}

interface Scanned {
  readonly repository: RepositoryName;
  readonly reference: Reference;
  readonly digest: Digest;
}

/**
 * Reads every tag by HEAD, since the protocol has no list of a manifest's tags; undefined where one cannot be read, for
 * it may be a sibling.
 */
async function siblingsOf(
  registry: Registry,
  { repository, reference, digest }: Scanned,
  { gaps, ...options }: InspectOptions & { readonly gaps: string[] },
): Promise<readonly Tag[] | undefined> {
  const tags = (await everyTag(registry, repository)).filter((tag) => tag !== reference);
  const siblings: Tag[] = [];
  let done = 0;
  let isWhole = true;
  for await (const { listed, gaps: missing } of readTags(registry, { repository, tags }, { ...options, fast: true })) {
    if (listed.digest === digest) siblings.push(listed.tag);
    isWhole &&= listed.failure === undefined; // a 404 is none: such a tag points at nothing
    gaps.push(...missing.map((says) => `${listed.tag} ${says}`));
    options.onScan?.(++done, tags.length);
  }
  return isWhole ? siblings.sort() : undefined;
}

/** Reads the referrers by the API, or from the fallback tag where the registry has no such API. */
async function referrersOf(
  registry: Registry,
  repository: RepositoryName,
  digest: Digest,
): Promise<readonly Descriptor[]> {
  try {
    return await allOf((page) => registry.listReferrers(repository, digest, page));
  } catch (error) {
    if (!isAbsent(error) && !hasCode(error, "UNSUPPORTED")) throw error;
    const index = await unlessAbsent(registry.getManifest(repository, referrersTag(digest)), undefined);
    return index === undefined ? [] : parseManifest(index).manifests;
  }
}
