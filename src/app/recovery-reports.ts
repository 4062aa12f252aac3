import type { Digest } from "../registry/names.ts";
import type { RepositoryReport } from "../untag/carry-out.ts";
import { type Operation, outcomesOf } from "../untag/journal.ts";
import type { TagOutcome } from "../untag/outcome.ts";
import { reasonOf } from "../untag/strategies/overwriting.ts";
import { bareReport } from "./bare-report.ts";
import type { Remnant } from "./find-remnants.ts";

/** What a recovery would act on. */
export function plannedReports(remnants: readonly Remnant[]): readonly RepositoryReport[] {
  return remnants.flatMap(({ repository, tags, operation }) => {
    if (operation === undefined) return [];
    const intended = operation.repositories.find((one) => one.repository === repository);
    const digests = new Map(intended?.tags.map(({ tag, digest }) => [tag, digest]));
    const outcomes = tags.map((tag) => ({ tag, ...standing(digests.get(tag)), outcome: "planned" }) as const);
    const report = bareReport(repository, intended?.strategy, outcomes);
    const undoable = ({ digest }: TagOutcome) => digest !== undefined && operation.manifests.has(digest);
    return [{ ...report, tags: report.tags.map((one) => ({ ...one, undoable: undoable(one.outcome) })) }];
  });
}

function standing(digest: Digest | undefined): { readonly digest?: Digest } {
  return digest === undefined ? {} : { digest };
}

/** What is still open on a registry, and why: it could not be spoken to, say. */
export function unrecoveredReports(operations: readonly Operation[], why: unknown): readonly RepositoryReport[] {
  return operations.flatMap((operation) => {
    const open = outcomesOf(operation).filter(({ outcome }) => outcome === undefined);
    return operation.repositories.map(({ repository, strategy }) => {
      const tags = open.filter((tag) => tag.repository === repository);
      const outcomes = tags.map(({ tag, digest }) => ({ tag, digest, outcome: "failed", ...reasonOf(why) }) as const);
      return bareReport(repository, strategy, outcomes);
    });
  });
}
