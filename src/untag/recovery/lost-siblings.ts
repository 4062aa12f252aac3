import { RegistryError, unlessAbsent } from "../../registry/errors.ts";
import type { Digest, RepositoryName, Tag } from "../../registry/names.ts";
import { everyTag } from "../../registry/pages.ts";
import { standsAt } from "../../registry/stands-at.ts";
import { pooled } from "../../support/pool.ts";
import { type IntendedRemoval, manifestIn, type Operation } from "../journal/journal.ts";
import { patienceOf, patiently } from "../patience.ts";
import { putBack } from "../put-back.ts";
import type { LostSibling, Work } from "../strategy.ts";

interface Journalled {
  readonly operation: Operation;
  readonly intended: IntendedRemoval;
  /** True for a tag that a later operation of the journal removed. */
  readonly removedSince: (repository: RepositoryName, tag: Tag) => boolean;
}

/**
 * Puts back siblings that a registry removed together with a chosen tag, however that tag ended. After a decoy, only
 * siblings whose manifest is gone as well; tags that a later operation removed on purpose stay removed.
 */
export async function restoreSiblings(
  work: Work,
  { operation, intended, removedSince }: Journalled,
): Promise<{ restored: readonly Tag[]; lost: readonly Tag[] }> {
  const { registry, repository, concurrency } = work;
  const shared = sharing(intended);
  const suspect = intended.strategy === "decoy" ? await goneAmong(work, shared) : shared;
  const shares = suspect.flatMap(([digest, tags]) => tags.map((tag) => ({ tag, digest })));
  const all = new Map([...shares, ...lostBefore(operation, repository)].map((one) => [one.tag, one]));
  const siblings = [...all.values()].filter(({ tag }) => !removedSince(repository, tag));
  const listing = siblings.length > 0 ? new Set(await everyTag(registry, repository)) : new Set<Tag>();
  const missing = siblings.filter(({ tag }) => !listing.has(tag));
  const verdicts = await pooled(missing, (one) => restoreSibling(work, operation, one), { concurrency });
  const having = (verdict: string) => missing.filter((_, index) => verdicts[index] === verdict).map(({ tag }) => tag);
  return { restored: having("restored"), lost: having("lost") };
}

/**
 * Siblings that may have gone along. Where the strategy takes no other tag along, only those whose names begin with a
 * chosen one, as keys in a bucket do; others that are gone were removed by somebody.
 */
function sharing({ siblings, tags: chosen, exact }: IntendedRemoval): readonly Shared[] {
  const mayGo = (sibling: Tag) => !exact || chosen.some(({ tag }) => sibling.startsWith(tag));
  return [...siblings]
    .map(([digest, tags]) => [digest, tags.filter(mayGo)] as const)
    .filter(([, tags]) => tags.length > 0);
}

type Shared = readonly [Digest, readonly Tag[]];

/** The groups whose manifest does not resolve any more. */
async function goneAmong(
  { registry, repository, concurrency }: Work,
  shared: readonly Shared[],
): Promise<readonly Shared[]> {
  const find = ([digest]: Shared) => standsAt(registry, repository, digest);
  const found = await pooled(shared, find, { concurrency });
  return shared.filter((_, index) => found[index] === undefined);
}

/** Siblings that the operation itself found lost; they may share no chosen manifest. */
function lostBefore({ steps }: Operation, repository: RepositoryName): readonly LostSibling[] {
  return steps.flatMap((step) => (step.step === "lost" && step.repository === repository ? step.siblings : []));
}

async function restoreSibling(
  work: Work,
  operation: Operation,
  { tag, digest }: LostSibling,
): Promise<"stands" | "restored" | "lost"> {
  const { registry, repository } = work;
  const attempt = async () => {
    // each try looks first, since somebody may have pushed since the last one
    if ((await standsAt(registry, repository, tag)) !== undefined) return "stands";
    const manifest =
      manifestIn(operation, digest) ?? (await unlessAbsent(registry.getManifest(repository, digest), undefined));
    if (manifest === undefined) return "lost";
    return (await putBack(work, tag, manifest)) === digest ? "restored" : "lost";
  };
  try {
    return await patiently(patienceOf(work), attempt);
  } catch (error) {
    if (error instanceof RegistryError) return "lost";
    throw error;
  }
}
