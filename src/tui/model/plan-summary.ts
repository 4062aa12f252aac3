import type { Digest } from "../../registry/names.ts";
import type { PlanLine, RepositoryPlan } from "../../untag/plan.ts";
import { remembered } from "./remembered.ts";

/** What a plan comes to. */
interface PlanSummary {
  /** How many tags it removes. */
  readonly removed: number;
  /** Manifests that no other tag keeps. */
  readonly last: ReadonlySet<Digest>;
  /** What is told of it one below the other: each tag, and what nothing leads to without it. */
  readonly entries: readonly PlanEntry[];
}

export interface PlanEntry {
  readonly line: PlanLine;
  readonly orphan?: string;
}

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
