import { hasCode, RegistryError } from "../registry/errors.ts";
import type { Manifest } from "../registry/image.ts";
import type { Digest } from "../registry/names.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import { type Notes, notesOf } from "./closing.ts";
import type { DecoyStep } from "./findings.ts";
import { type IntendedTag, type Intent, type Journal, unwritable } from "./journal/journal.ts";
import { interrupted, type StrategyName, type TagOutcome, untouched } from "./outcome.ts";
import type { RepositoryPlan } from "./plan.ts";
import { rehearse } from "./rehearsal.ts";
import { type RepositoryReport, reportOf, reportUntouched } from "./report.ts";
import { listedAgain } from "./seen-again.ts";
import { decoyStrategy } from "./strategies/decoy.ts";
import { gitlabStrategy, nativeStrategy } from "./strategies/native.ts";
import { storageStrategy } from "./strategies/storage.ts";
import type { Step, TagRemoval, UntagStrategy, Work } from "./strategy.ts";
import { originalsOf } from "./survey.ts";
import { type Claimed, type Proof, verify } from "./verify.ts";

/** What carrying out needs besides the plan: the parts of `Work` that are the same for every repository. */
export interface CarryOutOptions extends Omit<Work, "record" | "repository"> {
  readonly journal: Journal;
  readonly address: RegistryAddress;
}

/** Every strategy by its name. */
export const strategies: Readonly<Record<StrategyName, UntagStrategy>> = {
  native: nativeStrategy,
  gitlab: gitlabStrategy,
  decoy: decoyStrategy,
  storage: storageStrategy,
};

/** Carries plans out, one after another, and reads each back. The journal holds everything before anything is sent. */
export async function carryOut(
  plans: readonly RepositoryPlan[],
  options: CarryOutOptions,
): Promise<readonly RepositoryReport[]> {
  const { journal, operation, registry, clock, signal } = options;
  const intent = intentOf(plans, options, clock.now());
  if (intent.repositories.length === 0) return plans.map((plan) => reportUntouched(plan));
  signal?.throwIfAborted();
  await journal.begin(intent).catch(unwritable);
  const reports: RepositoryReport[] = [];
  const { note, close } = notesOf(operation, { record: journal.record, emit: options.emit });
  for (const [place, plan] of plans.entries()) {
    // those before it may have taken long, or be the same repository by another name; where it cannot be listed, its
    // removal will say so
    const current = place === 0 ? plan : await listedAgain(plan, registry).catch(() => plan);
    reports.push(await carryOutOne(current, { ...options, note }));
  }
  await close(reports);
  return reports;
}

interface CarryOneOptions extends CarryOutOptions {
  readonly note: Notes["note"];
}

async function carryOutOne(plan: RepositoryPlan, options: CarryOneOptions): Promise<RepositoryReport> {
  const { repository, capability } = plan;
  const { journal, operation, signal, note } = options;
  const removals = plan.lines.filter((line) => line.act === "remove");
  if (removals.length === 0 || capability.strategy === undefined) return reportUntouched(plan);
  const decoys: DecoyStep[] = [];
  const record = async (step: Step): Promise<void> => {
    await journal.record(operation, step);
    if (step.step === "decoy") decoys.push(step);
  };
  const work: Work = { ...options, repository, record };
  const tell = async (proof: Proof): Promise<RepositoryReport> => {
    const siblings = proof.lost.flatMap((tag) => {
      const digest = plan.survey.scan?.get(tag);
      return digest === undefined ? [] : [{ tag, digest }];
    });
    if (siblings.length > 0) await note(repository, { step: "lost", repository, siblings });
    await note(repository, { step: "outcomes", repository, outcomes: proof.outcomes });
    return reportOf(plan, proof, work);
  };
  const strategy = strategies[capability.strategy];
  const refusals = signal?.aborted ? [] : await rehearsed(work, plan, { strategy, removals });
  const refusedTags = new Set(refusals.map(({ tag }) => tag));
  const allowed = removals.filter(({ tag }) => !refusedTags.has(tag));
  if (signal?.aborted) return tell(unproven(removals.map((removal) => untouched(removal, interrupted))));
  if (allowed.length === 0) return tell(unproven(refusals));
  const outcomes = [...refusals, ...(await outcomesOf(work, strategy, allowed))];
  await note(repository, { step: "outcomes", repository, outcomes });
  return tell(await proofOf(work, plan, { outcomes, decoys }));
}

interface Trial {
  readonly strategy: UntagStrategy;
  readonly removals: readonly TagRemoval[];
}

/** Runs the rehearsal that the plan asks for; where it fails, the result refuses the tags that it was for. */
async function rehearsed(
  work: Work,
  { rehearse: need }: RepositoryPlan,
  { strategy, removals }: Trial,
): Promise<readonly TagOutcome[]> {
  const failed = need === undefined ? undefined : await rehearse(work, strategy);
  if (need === undefined || failed === undefined) return [];
  const { left } = failed;
  const [code, stays] = left.length === 0 ? ["REHEARSAL_FAILED", ""] : ["STRANDED", `; it left ${left.join(", ")}`];
  const reason = `${need.because}, and the rehearsal on scratch tags failed: ${failed.reason}${stays}`;
  const endangered = removals.filter(({ tag }) => need.endangered.has(tag));
  return endangered.map((removal) => refused(removal, code, reason));
}

async function outcomesOf(
  work: Work,
  strategy: UntagStrategy,
  removals: readonly TagRemoval[],
): Promise<readonly TagOutcome[]> {
  try {
    return await strategy.remove(work, removals);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (!hasCode(error, "UNSUPPORTED")) return removals.map((removal) => untouched(removal, error));
    return removals.map((removal) => refused(removal, "UNSUPPORTED", error.message));
  }
}

/** Verifies the result; where the repository cannot be read back, every tag said to be removed counts as not proven. */
async function proofOf(work: Work, plan: RepositoryPlan, claimed: Claimed): Promise<Proof> {
  try {
    return await verify(work, plan, claimed);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const reason = `it was deleted, and could not be read back (${error.message}); \`tagwise recover\` looks again`;
    const outcomes = claimed.outcomes.map((outcome): TagOutcome => {
      if (outcome.outcome !== "removed") return outcome;
      return { ...outcome, outcome: "failed", code: "STRANDED", reason };
    });
    return unproven(outcomes);
  }
}

/** Nothing was sent, or nothing could be read back: no sibling was read afterwards. */
function unproven(outcomes: readonly TagOutcome[]): Proof {
  return { by: "listing", outcomes, moved: [], restored: [], lost: [], unreachable: new Set() };
}

function refused({ tag, original: { digest } }: TagRemoval, code: string, reason: string): TagOutcome {
  return { tag, digest, outcome: "refused", code, reason };
}

function intentOf(plans: readonly RepositoryPlan[], { operation, address }: CarryOutOptions, at: Date): Intent {
  const manifests = new Map<Digest, Manifest>();
  const repositories = plans.flatMap(({ repository, capability: { strategy, exact }, lines, survey }) => {
    const removals = lines.filter((line) => line.act === "remove");
    if (removals.length === 0 || strategy === undefined) return [];
    for (const [digest, { manifest }] of originalsOf(survey.standings)) manifests.set(digest, manifest);
    const siblings = new Map(removals.map(({ original: { digest }, siblings = [] }) => [digest, siblings]));
    const tags = removals.map(({ tag, original: { digest }, undoable }): IntendedTag => {
      return { tag, digest, ...(!undoable && { forGood: true }) };
    });
    return [{ repository, strategy, tags, siblings, ...(exact && { exact }) }];
  });
  return { operation, at, registry: address, repositories, manifests };
}
