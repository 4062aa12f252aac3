import { RegistryError, unlessAbsent } from "../registry/errors.ts";
import type { Digest, Tag } from "../registry/names.ts";
import { everyTag } from "../registry/pages.ts";
import { standsAt } from "../registry/stands-at.ts";
import { pooled } from "../support/pool.ts";
import type { DecoyStep } from "./findings.ts";
import { isGone, type TagOutcome } from "./outcome.ts";
import { patienceOf, patient, patiently } from "./patience.ts";
import type { RepositoryPlan } from "./plan.ts";
import { putBack } from "./put-back.ts";
import { settled } from "./settling.ts";
import type { Work } from "./strategy.ts";
import { type Original, originalsOf } from "./survey.ts";

/** What was found when a repository was read back after the removal. */
export interface Proof {
  /** The listing is always compared; `siblings` where the digest of each sibling was compared too. */
  readonly by: "listing" | "siblings";
  /** The outcomes of the chosen tags, corrected by what the registry shows. */
  readonly outcomes: readonly TagOutcome[];
  /** Siblings that somebody else moved or removed meanwhile; they are left as they are. */
  readonly moved: readonly Tag[];
  /** Tags that vanished with the chosen ones and were put back. */
  readonly restored: readonly Tag[];
  /** Tags that vanished and could not be put back. */
  readonly lost: readonly Tag[];
  /** Manifests of removed tags that do not resolve any more, so that `undo` could not put them back. */
  readonly unreachable: ReadonlySet<Digest>;
}

/** What the strategy reported. */
export interface Claimed {
  readonly outcomes: readonly TagOutcome[];
  /** The decoys that were used, from the journal. */
  readonly decoys: readonly DecoyStep[];
}

/**
 * Reads a repository back and proves that only the chosen tags are gone and every scanned sibling has its digest; what
 * vanished is put back.
 */
export async function verify(hasty: Work, plan: RepositoryPlan, claimed: Claimed): Promise<Proof> {
  const work = patient(hasty);
  const { registry, repository } = work;
  work.emit({ kind: "progress", repository, phase: "verifying", done: 0, total: 1 });
  const after = new Set(await everyTag(registry, repository));
  const verdicts = await verdictsOn(work, plan, after);
  const outcomes = await settled(work, plan, { ...claimed, after });
  const having = (verdict: Verdict) => verdicts.filter((found) => found.verdict === verdict).map(({ tag }) => tag);
  const standing = new Set([...having("stands"), ...having("restored")]);
  const removed = outcomes.filter(isGone);
  const unreachable = await unreachableOf(work, plan, { removed, standing });
  const hadOthers = plan.survey.listing.some((tag) => !plan.survey.standings.has(tag));
  const isBare = after.size + standing.size === 0 && unreachable.size > 0;
  if (isBare && hadOthers && having("lost").length === 0) throw nothingListed();
  return {
    by: plan.survey.scan === undefined ? "listing" : "siblings",
    outcomes,
    moved: having("moved"),
    restored: having("restored"),
    lost: having("lost"),
    unreachable,
  };
}

/** As from a registry that was started anew without its storage: that would prove every removal. */
function nothingListed(): RegistryError {
  return new RegistryError("ANSWER_INVALID", "the registry has nothing any more, not even what was not chosen");
}

type Verdict = "stands" | "moved" | "restored" | "lost";

async function verdictsOn(
  work: Work,
  plan: RepositoryPlan,
  after: ReadonlySet<Tag>,
): Promise<readonly { tag: Tag; verdict: Verdict }[]> {
  const { listing, scan, standings } = plan.survey;
  // also for tags that were not removed: the attempt may have removed their siblings
  const touched = new Set(plan.lines.flatMap((line) => (line.act === "remove" ? [line.original.digest] : [])));
  const suspects = listing.filter((tag) => {
    if (standings.has(tag)) return false;
    const stood = scan?.get(tag);
    return (
      (stood !== undefined && touched.has(stood)) || (!after.has(tag) && (scan === undefined || stood !== undefined))
    );
  });
  const originals = originalsOf(standings);
  const patience = patienceOf(work);
  return pooled(
    suspects,
    async (tag) => {
      const stood = scan?.get(tag);
      const mayBeOurs = mayHaveGoneAlong(plan, { tag, stood, touched });
      const suspect = { tag, stood, originals, mayBeOurs, isExact: plan.capability.exact };
      const judging = patiently(patience, () => verdictOn(work, suspect));
      return { tag, verdict: await judging.catch((error) => lost(work, tag, error)) };
    },
    { concurrency: work.concurrency },
  );
}

interface Suspect {
  readonly tag: Tag;
  /** Its digest before; undefined where that was not read. */
  readonly stood: Digest | undefined;
  readonly originals: ReadonlyMap<Digest, Original>;
  /** True where our removal may have removed it. */
  readonly mayBeOurs: boolean;
  /** True where the registry is known to delete no manifest besides the one that was asked for. */
  readonly isExact: boolean;
}

/**
 * On a registry that is known to be exact, a removal takes no tag of another manifest along, except perhaps one whose
 * name begins with the removed name, as keys in a bucket do. Any other tag that vanished was removed by somebody else.
 */
function mayHaveGoneAlong(
  { capability, survey: { standings } }: RepositoryPlan,
  {
    tag,
    stood,
    touched,
  }: { readonly tag: Tag; readonly stood: Digest | undefined; readonly touched: ReadonlySet<Digest> },
): boolean {
  if (!capability.exact || (stood !== undefined && touched.has(stood))) return true;
  return [...standings.keys()].some((chosen) => tag.startsWith(chosen));
}

/**
 * Reads a tag that the listing lacks: that alone does not prove it gone, since distribution 3.1 on S3 drops names from
 * listings.
 */
async function verdictOn(work: Work, { tag, stood, originals, mayBeOurs, isExact }: Suspect): Promise<Verdict> {
  const { registry, repository } = work;
  const current = await standsAt(registry, repository, tag);
  if (current !== undefined) return stood === undefined || current.digest === stood ? "stands" : "moved";
  if (!mayBeOurs) return "moved";
  if (stood === undefined) return "lost";
  const manifest =
    originals.get(stood)?.manifest ?? (await unlessAbsent(registry.getManifest(repository, stood), undefined));
  // an exact removal deletes no other manifest: somebody else deleted this one, as another tagwise does with its decoy
  if (manifest === undefined) return isExact ? "moved" : "lost";
  return (await putBack(work, tag, manifest)) === stood ? "restored" : "moved";
}

function lost({ emit, repository }: Work, tag: Tag, error: unknown): Verdict {
  if (!(error instanceof RegistryError)) throw error;
  emit({ kind: "note", repository, tag, says: `it could not be read where it stood, or put back: ${error.message}` });
  return "lost";
}

interface Removed {
  readonly removed: readonly TagOutcome[];
  /** Siblings that were just seen on their digests. */
  readonly standing: ReadonlySet<Tag>;
}

/**
 * Checks by HEAD whether each removed tag's manifest still exists, as `undo` needs it, unless a sibling was just seen
 * on it.
 */
async function unreachableOf(
  work: Work,
  plan: RepositoryPlan,
  { removed, standing }: Removed,
): Promise<ReadonlySet<Digest>> {
  const { registry, repository, concurrency } = work;
  const seen = new Set([...standing].map((tag) => plan.survey.scan?.get(tag)));
  const digests = [
    ...new Set(
      removed.flatMap(({ outcome, digest }) =>
        outcome === "removed" && digest !== undefined && !seen.has(digest) ? [digest] : [],
      ),
    ),
  ];
  const found = await pooled(digests, (digest) => standsAt(registry, repository, digest), { concurrency });
  return new Set(digests.filter((_, index) => found[index] === undefined));
}
