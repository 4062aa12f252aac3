import { RegistryError, unlessAbsent } from "../registry/errors.ts";
import type { Digest, Tag } from "../registry/names.ts";
import { everyTag } from "../registry/pages.ts";
import { pooled } from "../support/pool.ts";
import { isGone, type TagOutcome } from "./outcome.ts";
import { patienceOf, patient, patiently } from "./patience.ts";
import type { RepositoryPlan } from "./plan.ts";
import { putBack } from "./put-back.ts";
import { type DecoyStep, settled } from "./settling.ts";
import type { Work } from "./strategy.ts";
import { type Original, originalsOf } from "./survey.ts";

/** What was found when a repository was read back after its tags were removed. */
export interface Proof {
  /** `siblings` where each was also read before and after; the listing is always compared. */
  readonly by: "listing" | "siblings";
  /** Outcomes corrected by what the registry shows now. */
  readonly outcomes: readonly TagOutcome[];
  /** Siblings that somebody else moved meanwhile; they are left where they are. */
  readonly moved: readonly Tag[];
  /** Tags that vanished with the chosen ones and were put back. */
  readonly restored: readonly Tag[];
  /** Tags that vanished and could not be put back. */
  readonly lost: readonly Tag[];
  /** Manifests that resolve no more. */
  readonly unreachable: ReadonlySet<Digest>;
}

/** What the strategy says it did. */
export interface Claimed {
  readonly outcomes: readonly TagOutcome[];
  /** The decoys that were used, as the journal has them. */
  readonly decoys: readonly DecoyStep[];
}

/** Reads a repository back: every chosen tag is out of the listing, nothing else is, and the siblings stand where they stood. */
export async function verify(hasty: Work, plan: RepositoryPlan, claimed: Claimed): Promise<Proof> {
  const work = patient(hasty);
  const { registry, repository } = work;
  work.emit({ kind: "progress", repository, phase: "verifying", done: 0, total: 1 });
  const after = new Set(await everyTag(registry, repository));
  const verdicts = await verdictsOn(work, plan, after);
  const outcomes = await settled(work, plan, { ...claimed, after });
  const having = (verdict: Verdict) => verdicts.filter((found) => found.verdict === verdict).map(({ tag }) => tag);
  return {
    by: plan.survey.scan === undefined ? "listing" : "siblings",
    outcomes,
    moved: having("moved"),
    restored: having("restored"),
    lost: having("lost"),
    unreachable: await unreachableOf(work, plan, {
      removed: outcomes.filter(isGone),
      standing: new Set(having("stands")),
    }),
  };
}

type Verdict = "stands" | "moved" | "restored" | "lost";

async function verdictsOn(
  work: Work,
  plan: RepositoryPlan,
  after: ReadonlySet<Tag>,
): Promise<readonly { tag: Tag; verdict: Verdict }[]> {
  const { listing, scan, standings } = plan.survey;
  // also of tags that ended otherwise: what was tried on them may have taken their siblings along
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
      const suspect = { tag, stood, originals, mayBeOurs: mayHaveGoneAlong(plan, { tag, stood, touched }) };
      const judging = patiently(patience, () => verdictOn(work, suspect));
      return { tag, verdict: await judging.catch((error) => lost(work, tag, error)) };
    },
    { concurrency: work.concurrency },
  );
}

interface Suspect {
  readonly tag: Tag;
  /** Where it stood before, where that was read. */
  readonly stood: Digest | undefined;
  readonly originals: ReadonlyMap<Digest, Original>;
  /** Whether the removal can have taken it along. */
  readonly mayBeOurs: boolean;
}

/**
 * A registry that is known to be exact takes no tag of another manifest along, save perhaps one whose name begins with
 * the removed one, as bucket keys do. Another that went was removed by somebody else, and is not ours to put back.
 */
function mayHaveGoneAlong(
  { capability, survey: { standings } }: RepositoryPlan,
  {
    tag,
    stood,
    touched,
  }: { readonly tag: Tag; readonly stood: Digest | undefined; readonly touched: ReadonlySet<Digest> },
): boolean {
  if (!capability.exact || stood === undefined || touched.has(stood)) return true;
  return [...standings.keys()].some((chosen) => tag.startsWith(chosen));
}

/** A listing that drops a name is no proof that the tag is gone (distribution 3.1 on S3 does that): it is read. */
async function verdictOn(work: Work, { tag, stood, originals, mayBeOurs }: Suspect): Promise<Verdict> {
  const { registry, repository } = work;
  const current = await unlessAbsent(registry.resolve(repository, tag), undefined);
  if (current !== undefined) return stood === undefined || current.digest === stood ? "stands" : "moved";
  if (!mayBeOurs) return "moved";
  if (stood === undefined) return "lost";
  const manifest =
    originals.get(stood)?.manifest ?? (await unlessAbsent(registry.getManifest(repository, stood), undefined));
  // no removal of ours takes another manifest along: somebody deleted it, as another tagwise does with its decoy
  if (manifest === undefined) return "moved";
  return (await putBack(work, tag, manifest)) === stood ? "restored" : "moved";
}

function lost({ emit, repository }: Work, tag: Tag, error: unknown): Verdict {
  if (!(error instanceof RegistryError)) throw error;
  emit({ kind: "note", repository, tag, says: `it could not be read where it stood, or put back: ${error.message}` });
  return "lost";
}

interface Removed {
  readonly removed: readonly TagOutcome[];
  /** Siblings that were just read where they stood. */
  readonly standing: ReadonlySet<Tag>;
}

/** Asks for each manifest that no sibling was just seen on whether it is still there, as `undo` will need it. */
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
  const found = await pooled(digests, (digest) => unlessAbsent(registry.resolve(repository, digest), undefined), {
    concurrency,
  });
  return new Set(digests.filter((_, index) => found[index] === undefined));
}
