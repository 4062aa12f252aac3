import type { RepositoryName } from "../../registry/names.ts";
import type { StrategyName, TagOutcome } from "../../untag/outcome.ts";
import type { RepositoryReport } from "../../untag/report.ts";

/** A report of outcomes alone, for tags whose siblings were not read. */
export function bareReport(
  repository: RepositoryName,
  strategy: StrategyName | undefined,
  outcomes: readonly TagOutcome[],
): RepositoryReport {
  const tags = outcomes.map((outcome) => ({ outcome, siblings: undefined, leftBehind: [], undoable: false }));
  return { repository, strategy, tags, proof: "listing", moved: [], restored: [], lost: [] };
}
