import type { Tag } from "../../registry/names.ts";
import { canPutBack, type IntendedTag, type Operation, outcomesOf } from "../../untag/journal/journal.ts";
import { reasonOf, type TagOutcome } from "../../untag/outcome.ts";
import type { RepositoryReport } from "../../untag/report.ts";
import { bareReport } from "./bare-report.ts";
import type { Remnant } from "./find-remnants.ts";

/** The reports of a dry run: the tags that a recovery would act on, and those that it would leave. */
export function plannedReports(remnants: readonly Remnant[]): readonly RepositoryReport[] {
  return remnants.flatMap(({ repository, tags, operation, kept = [] }) => {
    if (operation === undefined) return [];
    const intended = operation.repositories.find((one) => one.repository === repository);
    const originals = new Map(intended?.tags.map((one) => [one.tag, one]));
    const left = new Map(kept.map((one) => [one.tag, one]));
    const { tags: planned, ...report } = bareReport(
      repository,
      intended?.strategy,
      tags.map((tag) => left.get(tag) ?? { ...digestOf(originals.get(tag)), tag, outcome: "planned" }),
    );
    const undoable = (tag: Tag) => !left.has(tag) && canPutBack(operation, originals.get(tag));
    return [{ ...report, tags: planned.map((one) => ({ ...one, undoable: undoable(one.outcome.tag) })) }];
  });
}

/** Empty for a tag that the operation was not asked to remove. */
function digestOf(original: IntendedTag | undefined): Pick<TagOutcome, "digest"> {
  return original === undefined ? {} : { digest: original.digest };
}

/**
 * Reports every tag of these operations that is not known to be gone as failed, for a registry that could not be reached.
 */
export function unrecoveredReports(operations: readonly Operation[], why: unknown): readonly RepositoryReport[] {
  return operations.flatMap((operation) => {
    const open = outcomesOf(operation).filter(({ outcome }) => outcome !== "removed" && outcome !== "absent");
    return operation.repositories.map(({ repository, strategy }) => {
      const tags = open.filter((tag) => tag.repository === repository);
      const outcomes = tags.map(({ tag, digest }) => ({ tag, digest, outcome: "failed", ...reasonOf(why) }) as const);
      return bareReport(repository, strategy, outcomes);
    });
  });
}
