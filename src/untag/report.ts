import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import { grouped } from "../support/grouped.ts";
import { isGone, type StrategyName, type TagOutcome, untouched } from "./outcome.ts";
import type { PlanLine, RepositoryPlan } from "./plan.ts";
import type { Work } from "./strategy.ts";
import type { Proof } from "./verify.ts";

/** The result for one repository; see `Proof` for its siblings. `strategy` is undefined where none was found. */
export interface RepositoryReport {
  readonly repository: RepositoryName;
  readonly strategy: StrategyName | undefined;
  readonly tags: readonly ReportedTag[];
  readonly proof: Proof["by"];
  readonly moved: readonly Tag[];
  readonly restored: readonly Tag[];
  readonly lost: readonly Tag[];
}

/** How one chosen tag ended. `siblings`, undefined if not scanned, keep its manifest; `leftBehind` is the plan's. */
export interface ReportedTag {
  readonly outcome: TagOutcome;
  readonly siblings: readonly Tag[] | undefined;
  readonly leftBehind: readonly string[];
  readonly undoable: boolean;
}

/** The report of a repository that was read back, with each outcome told to whoever listens. */
export function reportOf(plan: RepositoryPlan, proof: Proof, { emit, repository }: Work): RepositoryReport {
  const ended = new Map(proof.outcomes.map((outcome) => [outcome.tag, outcome]));
  const endOf = (line: Removing) => ended.get(line.tag) ?? untouched(line, new Error("its end is not known"));
  const keeping = keepingToo(plan, endOf);
  const tags = plan.lines.map((line): ReportedTag => {
    if (line.act === "leave") return left(line);
    const { original } = line;
    const outcome = endOf(line);
    const undoable = outcome.outcome === "removed" && line.undoable && !proof.unreachable.has(original.digest);
    const { siblings, leftBehind } = (isGone(outcome) && keeping.get(original.digest)) || line;
    return { outcome, siblings, leftBehind, undoable };
  });
  for (const { outcome } of tags) emit({ kind: "outcome", repository, outcome });
  const { by, moved, restored, lost } = proof;
  return { repository, strategy: plan.capability.strategy, tags, proof: by, moved, restored, lost };
}

type Removing = Extract<PlanLine, { act: "remove" }>;

/** Chosen tags that were not removed keep their manifest: they are siblings of removed tags of the same digest. */
function keepingToo(
  { lines }: RepositoryPlan,
  endOf: (line: Removing) => TagOutcome,
): ReadonlyMap<Digest, Pick<Removing, "siblings" | "leftBehind">> {
  const stayed = lines.filter((line) => line.act === "remove").filter((line) => !isGone(endOf(line)));
  const byDigest = grouped(stayed, ({ original }) => original.digest);
  return new Map(
    [...byDigest].map(([digest, [first, ...more]]) => {
      const siblings = first?.siblings && [...first.siblings, first.tag, ...more.map(({ tag }) => tag)].sort();
      return [digest, { siblings, leftBehind: [] }] as const;
    }),
  );
}

function left({ outcome }: Extract<PlanLine, { act: "leave" }>): ReportedTag {
  return { outcome, siblings: undefined, leftBehind: [], undoable: false };
}

/** The report for a repository where nothing was changed: after a dry run, a refusal, or with nothing to remove. */
export function reportUntouched(plan: RepositoryPlan): RepositoryReport {
  const tags = plan.lines.map((line): ReportedTag => {
    if (line.act === "leave") return left(line);
    const { tag, original, siblings, leftBehind, undoable } = line;
    return { outcome: { tag, digest: original.digest, outcome: "planned" }, siblings, leftBehind, undoable };
  });
  const { repository, capability, survey } = plan;
  const proof = survey.scan === undefined ? "listing" : "siblings";
  return { repository, strategy: capability.strategy, tags, proof, moved: [], restored: [], lost: [] };
}
