import { RegistryError, unlessAbsent } from "../registry/errors.ts";
import type { Digest, Tag } from "../registry/names.ts";
import { everyTag } from "../registry/pages.ts";
import { pooled } from "../support/pool.ts";
import { isGone, type TagOutcome } from "./outcome.ts";
import type { RepositoryPlan } from "./plan.ts";
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

/** Reads a repository back: every chosen tag is out of the listing, nothing else is, and the siblings stand where they stood. */
export async function verify(work: Work, plan: RepositoryPlan, outcomes: readonly TagOutcome[]): Promise<Proof> {
  const { registry, repository } = work;
  work.emit({ kind: "progress", repository, phase: "verifying", done: 0, total: 1 });
  const after = new Set(await everyTag(registry, repository));
  const corrected = await pooled(outcomes, (outcome) => correct(work, outcome, after), {
    concurrency: work.concurrency,
  });
  const removed = corrected.filter(isGone);
  const verdicts = await verdictsOn(work, plan, { after, removed });
  const having = (verdict: Verdict) => verdicts.filter((found) => found.verdict === verdict).map(({ tag }) => tag);
  return {
    by: plan.survey.scan === undefined ? "listing" : "siblings",
    outcomes: corrected,
    moved: having("moved"),
    restored: having("restored"),
    lost: having("lost"),
    unreachable: await unreachableOf(work, plan, { removed, standing: new Set(having("stands")) }),
  };
}

/** A tag that is said to be removed and is still listed was pushed again, or was not removed. */
async function correct(
  { registry, repository }: Work,
  outcome: TagOutcome,
  after: ReadonlySet<Tag>,
): Promise<TagOutcome> {
  if (!isGone(outcome) || !after.has(outcome.tag)) return outcome;
  const { tag, digest } = outcome;
  const current = await unlessAbsent(registry.resolve(repository, tag), undefined);
  if (current === undefined)
    return {
      tag,
      ...(digest && { digest }),
      outcome: "failed",
      code: "STRANDED",
      reason: "it is still listed, without a manifest",
    };
  if (current.digest === digest)
    return { tag, digest, outcome: "failed", reason: "the registry said that it removed it, and it still stands" };
  return { tag, digest: current.digest, outcome: "kept", reason: "it was pushed anew meanwhile" };
}

type Verdict = "stands" | "moved" | "restored" | "lost";

interface After {
  readonly after: ReadonlySet<Tag>;
  readonly removed: readonly TagOutcome[];
}

async function verdictsOn(
  work: Work,
  plan: RepositoryPlan,
  { after, removed }: After,
): Promise<readonly { tag: Tag; verdict: Verdict }[]> {
  const { listing, scan, standings } = plan.survey;
  const touched = new Set(removed.map(({ digest }) => digest));
  const suspects = listing.filter((tag) => {
    if (standings.has(tag)) return false;
    const stood = scan?.get(tag);
    return (
      (stood !== undefined && touched.has(stood)) || (!after.has(tag) && (scan === undefined || stood !== undefined))
    );
  });
  const originals = originalsOf(standings);
  return pooled(
    suspects,
    async (tag) => ({ tag, verdict: await verdictOn(work, { tag, stood: scan?.get(tag), originals }) }),
    { concurrency: work.concurrency },
  );
}

interface Suspect {
  readonly tag: Tag;
  /** Where it stood before, where that was read. */
  readonly stood: Digest | undefined;
  readonly originals: ReadonlyMap<Digest, Original>;
}

/** A listing that drops a name is no proof that the tag is gone (distribution 3.1 on S3 does that): it is read. */
async function verdictOn(work: Work, { tag, stood, originals }: Suspect): Promise<Verdict> {
  const { registry, repository } = work;
  const current = await unlessAbsent(registry.resolve(repository, tag), undefined);
  if (current !== undefined) return stood === undefined || current.digest === stood ? "stands" : "moved";
  if (stood === undefined) return "lost";
  try {
    const manifest = originals.get(stood)?.manifest ?? (await registry.getManifest(repository, stood));
    await registry.putManifest(repository, tag, manifest);
    return (await registry.resolve(repository, tag)).digest === stood ? "restored" : "lost";
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    work.emit({ kind: "note", repository, tag, says: `it vanished and could not be put back: ${error.message}` });
    return "lost";
  }
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
