import { unlessAbsent } from "../../registry/errors.ts";
import type { Descriptor, Manifest } from "../../registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../../registry/names.ts";
import { everyTag } from "../../registry/pages.ts";
import type { Registry } from "../../registry/registry.ts";
import { standsAt } from "../../registry/stands-at.ts";
import type { Clock } from "../../support/clock.ts";
import { pooled } from "../../support/pool.ts";
import { type DecoyLabel, mayBeDecoy, readDecoy } from "../decoy.ts";
import type { Emit } from "../events.ts";
import { isRegctlDummy } from "../regctl-dummy.ts";

/** A manifest that some tool pointed tags at in order to delete them, and the tags that still point at it. */
export interface FoundDecoy {
  readonly by: "tagwise" | "regctl" | "go-containerregistry";
  readonly digest: Digest;
  readonly manifest: Manifest;
  readonly tags: readonly Tag[];
  /** Its label, where tagwise made it. */
  readonly label?: DecoyLabel;
}

/** What interrupted deletions left in one repository. */
export interface Findings {
  readonly decoys: readonly FoundDecoy[];
  /** Tags that are listed without a manifest. */
  readonly zombies: readonly Tag[];
}

interface FindOptions {
  readonly concurrency: number;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

/** Milliseconds after which a replica of a registry knows what was pushed before it was listed. */
const aWhile = 3_000;

/** The empty image that users of go-containerregistry write over a tag; a real tag may point at it as well. */
const constantEmptyImage = "sha256:732112270d7e59418a8c080b134b24cabd67d250d0d0147a97ed95ba5c280aa4";

/**
 * Finds what interrupted deletions of any tool left in a repository: one HEAD a tag, and one GET for each manifest that
 * may be a decoy.
 */
export async function findDecoys(
  registry: Registry,
  repository: RepositoryName,
  options: FindOptions,
): Promise<Findings> {
  const tags = await everyTag(registry, repository);
  let done = 0;
  const stands = await pooled(
    tags,
    async (tag) => {
      options.signal?.throwIfAborted();
      const descriptor = await standsAt(registry, repository, tag);
      options.emit({ kind: "progress", repository, phase: "scanning", done: ++done, total: tags.length });
      return descriptor;
    },
    options,
  );
  const shared = new Map<Digest, { descriptor: Descriptor; tags: Tag[] }>();
  tags.forEach((tag, index) => {
    const descriptor = stands[index];
    if (descriptor === undefined || !mayBeDecoy(descriptor)) return;
    const group = shared.get(descriptor.digest);
    if (group === undefined) shared.set(descriptor.digest, { descriptor, tags: [tag] });
    else group.tags.push(tag);
  });
  const found = await pooled(
    [...shared],
    ([digest, group]) => recognise(registry, repository, { digest, tags: group.tags }),
    options,
  );
  const missing = tags.filter((_, index) => stands[index] === undefined);
  return {
    decoys: found.filter((decoy) => decoy !== undefined),
    zombies: await zombiesAmong(registry, repository, { tags: missing, ...options }),
  };
}

/** Reads tags again that were listed and not found: a push from a moment ago may not have reached every replica. */
async function zombiesAmong(
  registry: Registry,
  repository: RepositoryName,
  { tags, ...options }: FindOptions & { readonly tags: readonly Tag[] },
): Promise<readonly Tag[]> {
  if (tags.length === 0) return [];
  await options.clock.sleep(aWhile);
  const listed = new Set(await everyTag(registry, repository));
  const again = tags.filter((tag) => listed.has(tag));
  const stands = await pooled(
    again,
    (tag) => unlessAbsent<Descriptor, undefined>(registry.resolve(repository, tag), undefined),
    options,
  );
  return again.filter((_, index) => stands[index] === undefined);
}

async function recognise(
  registry: Registry,
  repository: RepositoryName,
  { digest, tags }: { readonly digest: Digest; readonly tags: readonly Tag[] },
): Promise<FoundDecoy | undefined> {
  const manifest = await unlessAbsent(registry.getManifest(repository, digest), undefined);
  if (manifest === undefined) return undefined;
  if (digest === constantEmptyImage) return { by: "go-containerregistry", digest, manifest, tags };
  const label = readDecoy(manifest);
  if (label !== undefined) return { by: "tagwise", digest, manifest, tags, label };
  return (await isRegctlDummy(registry, repository, manifest)) ? { by: "regctl", digest, manifest, tags } : undefined;
}
