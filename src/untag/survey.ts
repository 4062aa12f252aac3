import { errorOf, isPassing, RegistryError, unlessAbsent } from "../registry/errors.ts";
import { type Descriptor, describe, isSchema1, type Manifest } from "../registry/image.ts";
import { type Digest, type RepositoryName, referrersTag, type Tag } from "../registry/names.ts";
import { everyTag } from "../registry/pages.ts";
import type { Registry } from "../registry/registry.ts";
import { pooled } from "../support/pool.ts";
import { type DecoyLabel, readDecoy } from "./decoy.ts";
import type { Emit } from "./events.ts";
import { isRegctlDummy } from "./regctl-dummy.ts";

/** A tag to remove; with `expected`, only if it points at that digest. */
export interface TagTarget {
  readonly tag: Tag;
  readonly expected?: Digest;
}

/** The manifest under a tag, with the bytes that are needed to put it back. */
export interface Original {
  readonly digest: Digest;
  readonly manifest: Manifest;
}

/** The state of a chosen tag; a zombie is listed without a manifest, and the decoy of another tool has no label. */
export type Standing =
  | { readonly is: "standing"; readonly original: Original }
  | { readonly is: "decoy"; readonly original: Original; readonly label: DecoyLabel | undefined }
  | { readonly is: "absent" | "zombie" }
  | { readonly is: "unreadable"; readonly error: RegistryError };

/** What was read of one repository before any change. */
export interface Survey {
  readonly repository: RepositoryName;
  /** Every tag of the repository. */
  readonly listing: readonly Tag[];
  readonly standings: ReadonlyMap<Tag, Standing>;
  /** The digests of the tags that were not chosen; undefined where they were not scanned. */
  readonly scan: ReadonlyMap<Tag, Digest> | undefined;
}

interface ReadOptions {
  readonly concurrency: number;
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

/** Lists a repository and reads each chosen tag: one GET a tag. Throws where the registry cannot be reached. */
export async function survey(
  registry: Registry,
  { repository, targets }: { readonly repository: RepositoryName; readonly targets: readonly TagTarget[] },
  { concurrency, emit, signal }: ReadOptions,
): Promise<Survey> {
  emit({ kind: "progress", repository, phase: "listing", done: 0, total: 1 });
  const listing = await everyTag(registry, repository);
  const listed = new Set(listing);
  let done = 0;
  const standings = await pooled(
    targets,
    async ({ tag }) => {
      signal?.throwIfAborted();
      const standing = await standingOf(registry, repository, { tag, listed: listed.has(tag) });
      const read = "original" in standing ? { read: { tag, digest: standing.original.digest } } : {};
      emit({ kind: "progress", repository, phase: "reading", done: ++done, total: targets.length, ...read });
      return [tag, standing] as const;
    },
    { concurrency },
  );
  const contradicting = standings.find(([, { is }]) => is === "standing");
  if (listing.length === 0 && contradicting !== undefined) throw notListed(contradicting[0]);
  const isNothing = listing.length === 0 && standings.every(([, { is }]) => is === "absent");
  if (isNothing)
    emit({ kind: "note", repository, says: "the registry has no tag in this repository; is its name right?" });
  return { repository, listing, standings: new Map(standings), scan: undefined };
}

/** Without a listing nothing could be proven: neither that the tag is gone, nor which others stand. */
function notListed(tag: Tag): RegistryError {
  return new RegistryError("ANSWER_INVALID", `the registry lists no tags here, and yet "${tag}" stands`, {
    next: "see what it lists with: tagwise tags",
  });
}

async function standingOf(
  registry: Registry,
  repository: RepositoryName,
  { tag, listed }: { readonly tag: Tag; readonly listed: boolean },
): Promise<Standing> {
  try {
    const manifest = await unlessAbsent(registry.getManifest(repository, tag), undefined);
    if (manifest === undefined) return { is: listed ? "zombie" : "absent" };
    const original = { digest: describe(manifest).digest, manifest };
    const label = readDecoy(manifest);
    const isDecoy = label !== undefined || (await isRegctlDummy(registry, repository, manifest));
    return isDecoy ? { is: "decoy", original, label } : { is: "standing", original };
  } catch (error) {
    if (error instanceof RegistryError && !isPassing(error)) return { is: "unreadable", error };
    throw error;
  }
}

/** Reads the digest of every tag that was not chosen: one HEAD a tag. A tag that is gone meanwhile is left out. */
export async function scanSiblings(
  registry: Pick<Registry, "resolve">,
  { repository, listing, standings }: Survey,
  { concurrency, emit, signal }: ReadOptions,
): Promise<ReadonlyMap<Tag, Digest>> {
  const others = listing.filter((tag) => !standings.has(tag));
  const found = new Map<Tag, Digest>();
  let done = 0;
  await pooled(
    others,
    async (tag) => {
      signal?.throwIfAborted();
      const descriptor = await unlessAbsent<Descriptor, undefined>(registry.resolve(repository, tag), undefined);
      if (descriptor !== undefined) found.set(tag, descriptor.digest);
      const read = descriptor && { read: { tag, digest: descriptor.digest } };
      emit({ kind: "progress", repository, phase: "scanning", done: ++done, total: others.length, ...read });
    },
    { concurrency },
  );
  return found;
}

/**
 * Pushes each original under its own digest. That changes nothing, and proves the right to write and that putting back
 * works: a registry refuses it where blobs or children are gone. Resolves to the refusals by digest.
 */
export async function probePuttingBack(
  registry: Pick<Registry, "putManifest">,
  { repository, standings }: Survey,
  { concurrency, emit, signal }: ReadOptions,
): Promise<ReadonlyMap<Digest, RegistryError>> {
  const originals = [...originalsOf(standings).values()];
  const refused = new Map<Digest, RegistryError>();
  let done = 0;
  await pooled(
    originals,
    async ({ digest, manifest }) => {
      signal?.throwIfAborted();
      const error = isSchema1(manifest.mediaType)
        ? neverRewritten()
        : await errorOf(registry.putManifest(repository, digest, manifest), (failure) => !isPassing(failure));
      if (error !== undefined) refused.set(digest, error);
      emit({ kind: "progress", repository, phase: "probing", done: ++done, total: originals.length });
    },
    { concurrency },
  );
  return refused;
}

function neverRewritten(): RegistryError {
  return new RegistryError("UNSUPPORTED", "it is a Docker schema 1 manifest, which is never written again");
}

/** The distinct manifests under the chosen tags, by digest. */
export function originalsOf(standings: ReadonlyMap<Tag, Standing>): ReadonlyMap<Digest, Original> {
  const originals = new Map<Digest, Original>();
  for (const standing of standings.values()) {
    if (standing.is === "standing") originals.set(standing.original.digest, standing.original);
  }
  return originals;
}

/**
 * Indexes the tags that are named after a digest, such as `sha256-<hex>` (referrers) and `sha256-<hex>.sig` (cosign),
 * in one pass.
 */
export function tagsNamedAfter(listing: readonly Tag[]): (digest: Digest) => readonly Tag[] {
  const named = new Map<string, Tag[]>();
  for (const tag of listing) {
    const name = /^[a-z0-9+._-]*?-[a-zA-Z0-9=_]{64}(?=$|[.-])/.exec(tag)?.[0];
    if (name === undefined) continue;
    const tags = named.get(name);
    if (tags === undefined) named.set(name, [tag]);
    else tags.push(tag);
  }
  return (digest) => named.get(referrersTag(digest)) ?? [];
}
