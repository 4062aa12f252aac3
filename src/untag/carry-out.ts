import { hasCode } from "../registry/errors.ts";
import type { Manifest } from "../registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import type { Intent, Journal } from "./journal.ts";
import { isGone, type StrategyName, type TagOutcome } from "./outcome.ts";
import type { PlanLine, RepositoryPlan } from "./plan.ts";
import { rehearse } from "./rehearsal.ts";
import { decoyStrategy } from "./strategies/decoy.ts";
import { gitlabStrategy, nativeStrategy } from "./strategies/native.ts";
import type { UntagStrategy, Work } from "./strategy.ts";
import { originalsOf } from "./survey.ts";
import { type Proof, verify } from "./verify.ts";

/** How the tags of one repository ended. */
export interface RepositoryReport {
  readonly repository: RepositoryName;
  readonly strategy: StrategyName | undefined;
  readonly tags: readonly ReportedTag[];
  readonly proof: Proof["by"];
  readonly moved: readonly Tag[];
  readonly restored: readonly Tag[];
  readonly lost: readonly Tag[];
}

export interface ReportedTag {
  readonly outcome: TagOutcome;
  readonly siblings: readonly Tag[] | undefined;
  readonly leftBehind: readonly string[];
  readonly undoable: boolean;
}

/** What carrying out takes besides the plan: everything of `Work` that does not change from repository to repository. */
export interface CarryOutOptions extends Omit<Work, "record" | "repository"> {
  readonly journal: Journal;
  readonly address: RegistryAddress;
}

export const strategies: Readonly<Record<StrategyName, UntagStrategy>> = {
  native: nativeStrategy,
  gitlab: gitlabStrategy,
  decoy: decoyStrategy,
};

/** Carries a plan out, repository by repository, and reads each back. Nothing is sent before the journal has it all. */
export async function carryOut(
  plans: readonly RepositoryPlan[],
  options: CarryOutOptions,
): Promise<readonly RepositoryReport[]> {
  const { journal, operation, clock } = options;
  const intent = intentOf(plans, options, clock.now());
  if (intent.repositories.length === 0) return plans.map((plan) => reportUntouched(plan));
  await journal.begin(intent);
  const reports: RepositoryReport[] = [];
  for (const plan of plans) reports.push(await carryOutOne(plan, options));
  const tags = reports.flatMap((report) => report.tags);
  const stranded = tags.some(({ outcome }) => "code" in outcome && outcome.code === "STRANDED");
  const gone = tags.some(({ outcome }) => isGone(outcome));
  // a tag that could not be put back keeps the operation open for `recover`
  if (!stranded) await journal.record(operation, { step: "closed", state: gone ? "done" : "rolled-back" });
  return reports;
}

async function carryOutOne(plan: RepositoryPlan, options: CarryOutOptions): Promise<RepositoryReport> {
  const { repository, capability } = plan;
  const removals = plan.lines.filter((line) => line.act === "remove");
  if (removals.length === 0 || capability.strategy === undefined) return reportUntouched(plan);
  const work: Work = { ...options, repository, record: (step) => options.journal.record(options.operation, step) };
  const strategy = strategies[capability.strategy];
  const failed = plan.rehearse === undefined ? undefined : await rehearse(work, strategy);
  if (failed !== undefined)
    return reportUntouched(plan, `${plan.rehearse}, and the rehearsal on scratch tags failed: ${failed}`);
  const outcomes = await strategy.remove(work, removals).catch((error) => {
    if (hasCode(error, "UNSUPPORTED")) return removals.map((line) => notSupported(line, error.message));
    throw error;
  });
  await work.record({ step: "outcomes", repository, outcomes });
  const proof = await verify(work, plan, outcomes);
  await work.record({ step: "outcomes", repository, outcomes: proof.outcomes });
  return reportOf(plan, proof, work);
}

function notSupported({ tag, original }: Extract<PlanLine, { act: "remove" }>, reason: string): TagOutcome {
  return { tag, digest: original.digest, outcome: "refused", code: "UNSUPPORTED", reason };
}

function reportOf(plan: RepositoryPlan, proof: Proof, { emit, repository }: Work): RepositoryReport {
  const ended = new Map(proof.outcomes.map((outcome) => [outcome.tag, outcome]));
  const tags = plan.lines.map((line): ReportedTag => {
    if (line.act === "leave") return { outcome: line.outcome, siblings: undefined, leftBehind: [], undoable: false };
    const { tag, siblings, leftBehind, original } = line;
    const outcome = ended.get(tag) ?? {
      tag,
      digest: original.digest,
      outcome: "failed",
      reason: "its end is not known",
    };
    const undoable = outcome.outcome === "removed" && line.undoable && !proof.unreachable.has(original.digest);
    return { outcome, siblings, leftBehind, undoable };
  });
  for (const { outcome } of tags) emit({ kind: "outcome", repository, outcome });
  const { by, moved, restored, lost } = proof;
  return { repository, strategy: plan.capability.strategy, tags, proof: by, moved, restored, lost };
}

/** A repository of which nothing is touched: a dry run, a refusal, or nothing to remove. */
export function reportUntouched(plan: RepositoryPlan, refusal?: string): RepositoryReport {
  const tags = plan.lines.map((line): ReportedTag => {
    if (line.act === "leave") return { outcome: line.outcome, siblings: undefined, leftBehind: [], undoable: false };
    const {
      tag,
      original: { digest },
      siblings,
      leftBehind,
      undoable,
    } = line;
    const outcome: TagOutcome =
      refusal === undefined
        ? { tag, digest, outcome: "planned" }
        : { tag, digest, outcome: "refused", code: "REHEARSAL_FAILED", reason: refusal };
    return { outcome, siblings, leftBehind, undoable };
  });
  const { repository, capability, survey } = plan;
  const proof = survey.scan === undefined ? "listing" : "siblings";
  return { repository, strategy: capability.strategy, tags, proof, moved: [], restored: [], lost: [] };
}

function intentOf(plans: readonly RepositoryPlan[], { operation, address }: CarryOutOptions, at: Date): Intent {
  const manifests = new Map<Digest, Manifest>();
  const repositories = plans.flatMap(({ repository, capability: { strategy }, lines, survey }) => {
    const removals = lines.filter((line) => line.act === "remove");
    if (removals.length === 0 || strategy === undefined) return [];
    for (const [digest, { manifest }] of originalsOf(survey.standings)) manifests.set(digest, manifest);
    const siblings = new Map(removals.map(({ original: { digest }, siblings = [] }) => [digest, siblings]));
    return [
      { repository, strategy, tags: removals.map(({ tag, original: { digest } }) => ({ tag, digest })), siblings },
    ];
  });
  return { operation, at, registry: address, repositories, manifests };
}
