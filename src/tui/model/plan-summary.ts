import type { Digest } from "../../registry/names.ts";
import type { PlanLine, RepositoryPlan } from "../../untag/plan.ts";
import { remembered } from "./remembered.ts";

/** A summary of a plan. */
interface PlanSummary {
  /** How many tags it removes. */
  readonly removed: number;
  /** Manifests that lose their last tag. */
  readonly last: ReadonlySet<Digest>;
  /** The entries of the preview: each tag, followed by what nothing leads to without it. */
  readonly entries: readonly PlanEntry[];
}

/** One entry of the preview: a tag, or with `orphan` something that nothing leads to without it, or may not. */
export interface PlanEntry {
  readonly line: PlanLine;
  readonly orphan?: string;
}

/** The summary of a plan, computed once for each plan. */
export const summaryOf: (plan: RepositoryPlan) => PlanSummary = remembered((plan: RepositoryPlan) => {
  let removed = 0;
  const last = new Set<Digest>();
  const entries: PlanEntry[] = [];
  for (const line of plan.lines) {
    entries.push({ line });
    if (line.act === "leave") continue;
    removed++;
    if (line.siblings?.length === 0) last.add(line.original.digest);
    for (const orphan of line.leftBehind) entries.push({ line, orphan });
  }
  return { removed, last, entries };
});
