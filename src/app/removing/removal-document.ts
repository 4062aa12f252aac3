import type { RegistryAddress } from "../../registry/reference.ts";
import { isGone, type TagOutcome } from "../../untag/outcome.ts";
import type { ReportedTag, RepositoryReport } from "../../untag/report.ts";

/** The result of `rm`, `undo` and `recover` as JSON for scripts. */
export interface RemovalDocument {
  readonly operation: string | null;
  readonly dryRun: boolean;
  readonly tags: readonly RemovalDocumentTag[];
  readonly proof: "listing" | "siblings";
  /**
   * Siblings that somebody else moved meanwhile; with host and repository in front where there are several
   * repositories.
   */
  readonly moved: readonly string[];
  /** Siblings that vanished and were put back. */
  readonly restored: readonly string[];
  /** Siblings that vanished and could not be put back; absent where there are none. */
  readonly lost?: readonly string[];
  readonly requests: number;
  readonly milliseconds: number;
}

/** One chosen tag; `siblings` is null where they were not read. */
export interface RemovalDocumentTag {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | null;
  readonly outcome: TagOutcome["outcome"];
  readonly strategy: string | null;
  readonly siblings: readonly string[] | null;
  readonly undoable: boolean;
  readonly reason?: string;
  readonly code?: string;
  /**
   * Referrers and tags named after the digest that nothing leads to any more; where `siblings` is null, such tags
   * alone, and another tag may keep the manifest. Absent where there are none.
   */
  readonly leftBehind?: readonly string[];
}

interface Ended {
  readonly operation: string | null;
  readonly dryRun: boolean;
  readonly reports: readonly RepositoryReport[];
  readonly requests: number;
  readonly milliseconds: number;
}

/** Turns the reports of one registry into a document. */
export function removalDocument({ host }: Pick<RegistryAddress, "host">, { reports, ...rest }: Ended): RemovalDocument {
  const [, ...more] = reports;
  const name = (repository: string, tag: string) => (more.length === 0 ? tag : `${host}/${repository}:${tag}`);
  const named = (pick: (report: RepositoryReport) => readonly string[]) =>
    reports.flatMap((report) => pick(report).map((tag) => name(report.repository, tag)));
  const lost = named((report) => report.lost);
  return {
    operation: rest.operation,
    dryRun: rest.dryRun,
    tags: reports.flatMap((report) => report.tags.map((tag) => documentTag(host, report, tag))),
    proof: reports.every(({ proof }) => proof === "siblings") ? "siblings" : "listing",
    moved: named((report) => report.moved),
    restored: named((report) => report.restored),
    ...(lost.length > 0 && { lost }),
    requests: rest.requests,
    milliseconds: rest.milliseconds,
  };
}

function documentTag(
  host: string,
  { repository, strategy }: RepositoryReport,
  { outcome, siblings, leftBehind, undoable }: ReportedTag,
): RemovalDocumentTag {
  return {
    repository: `${host}/${repository}`,
    tag: outcome.tag,
    digest: outcome.digest ?? null,
    outcome: outcome.outcome,
    strategy: strategy ?? null,
    siblings: siblings ?? null,
    undoable,
    ...("reason" in outcome && { reason: outcome.reason }),
    ...("code" in outcome && outcome.code !== undefined && { code: outcome.code }),
    ...(leftBehind.length > 0 && { leftBehind }),
  };
}

/** Joins the documents of several registries into one. */
export function joinedDocument(
  documents: readonly RemovalDocument[],
  all: Pick<RemovalDocument, "operation" | "dryRun" | "milliseconds">,
): RemovalDocument {
  const lost = documents.flatMap((one) => one.lost ?? []);
  return {
    operation: all.operation,
    dryRun: all.dryRun,
    tags: documents.flatMap(({ tags }) => tags),
    proof: documents.every(({ proof }) => proof === "siblings") ? "siblings" : "listing",
    moved: documents.flatMap(({ moved }) => moved),
    restored: documents.flatMap(({ restored }) => restored),
    ...(lost.length > 0 && { lost }),
    requests: documents.reduce((sum, { requests }) => sum + requests, 0),
    milliseconds: all.milliseconds,
  };
}

/**
 * The exit code of an operation: 5 stranded or lost, 130/143 interrupted, 0 all gone, 3 some removed, 1 failed, 4
 * refused.
 */
export function exitCodeOf(
  { tags, lost = [] }: RemovalDocument,
  { interrupted }: { readonly interrupted?: 130 | 143 | undefined } = {},
): number {
  if (lost.length > 0 || tags.some(({ code }) => code === "STRANDED")) return 5;
  if (interrupted !== undefined) return interrupted;
  const outcomes = tags.map(({ outcome }) => outcome);
  if (outcomes.every((outcome) => isGone({ outcome } as TagOutcome) || outcome === "planned")) return 0;
  if (outcomes.includes("removed")) return 3;
  return outcomes.some((outcome) => outcome === "failed" || outcome === "restored") ? 1 : 4;
}
