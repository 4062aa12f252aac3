import { hasCode, unlessAbsent } from "../../registry/errors.ts";
import type { Descriptor } from "../../registry/image.ts";
import { type Digest, parseDigest, parseTag, type RepositoryName, type Tag } from "../../registry/names.ts";
import { allOf } from "../../registry/pages.ts";
import type { Clock } from "../../support/clock.ts";
import { pooled } from "../../support/pool.ts";
import type { Emit } from "../../untag/events.ts";
import type { Fingerprint } from "../../untag/fingerprint.ts";
import type { StrategyName } from "../../untag/outcome.ts";
import { isGuarded, type PlanRules, planRepository, type RepositoryPlan } from "../../untag/plan.ts";
import { type Capability, probe } from "../../untag/probe.ts";
import { probePuttingBack, type Survey, scanSiblings, survey, type TagTarget } from "../../untag/survey.ts";
import type { Session } from "../session.ts";

/** The tags of one repository that are to be removed. */
export interface RemovalRequest {
  readonly repository: RepositoryName;
  readonly targets: readonly TagTarget[];
}

/** How a removal is planned. */
export interface PlanOptions extends PlanRules {
  readonly strategy: StrategyName | "auto";
  readonly verify: "auto" | "listing" | "all";
  readonly concurrency: number;
  readonly emit: Emit;
  readonly random: (bytes: number) => Uint8Array;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** With `verify: "auto"`, siblings are read in repositories of up to this many tags. */
const mostScanned = 1_000;

/**
 * Surveys and probes each repository and decides about each tag. Removes nothing; for a decoy it pushes originals to
 * their own digests.
 */
export async function planRemoval(
  session: Session,
  requests: readonly RemovalRequest[],
  options: PlanOptions,
): Promise<readonly RepositoryPlan[]> {
  await session.fingerprint(); // first, since the greeting also tells how to log in
  const surveyed: Surveyed[] = [];
  for (const { repository, targets } of requests) {
    surveyed.push({ targets, survey: await survey(session.registry, { repository, targets }, options) });
    options.signal?.throwIfAborted();
  }
  // before any probe, since some probes write (what is there already)
  const guarded = surveyed.some((one) => isGuarded(one.survey, one.targets, options));
  const plans: RepositoryPlan[] = [];
  for (const one of surveyed) plans.push(await planOne(session, { ...one, isGuarded: guarded }, options));
  return plans;
}

interface Surveyed {
  readonly targets: readonly TagTarget[];
  readonly survey: Survey;
}

async function planOne(
  session: Session,
  { targets, survey: surveyed, isGuarded }: Surveyed & { readonly isGuarded: boolean },
  options: PlanOptions,
): Promise<RepositoryPlan> {
  const { registry } = session;
  const { repository } = surveyed;
  const capability = isGuarded
    ? unprobed(await session.fingerprint())
    : await capabilityOf(session, repository, surveyed, options);
  const isDecoy = capability.strategy === "decoy";
  const notPutBack = isDecoy ? await probePuttingBack(registry, surveyed, options) : new Map();
  const scan = mustScan(surveyed, capability, options) ? await scanSiblings(registry, surveyed, options) : undefined;
  const facts = {
    survey: { ...surveyed, scan },
    targets,
    capability,
    notPutBack,
    referrers: new Map<Digest, readonly Digest[]>(),
    isGuarded,
  };
  const plan = planRepository(facts, options);
  const orphaned = plan.lines.flatMap((line) =>
    line.act === "remove" && line.siblings?.length === 0 ? [line.original.digest] : [],
  );
  if (orphaned.length === 0 || !mayHaveReferrersApi(capability)) return plan;
  return planRepository(
    { ...facts, referrers: await referrersOf(session, repository, { digests: orphaned, ...options }) },
    options,
  );
}

/** Probes the registry, unless no chosen tag can be removed anyway. */
async function capabilityOf(
  session: Session,
  repository: RepositoryName,
  { standings }: Survey,
  { strategy, random, clock }: PlanOptions,
): Promise<Capability> {
  const fingerprint = await session.fingerprint();
  if (![...standings.values()].some(({ is }) => is === "standing")) {
    return unprobed(fingerprint);
  }
  if (session.takeOut !== undefined) {
    return { fingerprint, deletion: "allowed", strategy: "storage", exact: true, findings: [] };
  }
  const nowhere = nowhereOf(random);
  return probe(session.registry, repository, {
    fingerprint,
    nowhere,
    clock,
    retries: session.retries,
    ...(strategy !== "auto" && { wanted: strategy }),
  });
}

function unprobed(fingerprint: Fingerprint): Capability {
  return { fingerprint, deletion: "unknown", exact: false, findings: [] };
}

/** A tag and a digest that cannot exist, since they are random. */
export function nowhereOf(random: (bytes: number) => Uint8Array): { readonly tag: Tag; readonly digest: Digest } {
  const hex = Buffer.from(random(32)).toString("hex");
  return { tag: parseTag(`tagwise-nowhere-${hex.slice(0, 16)}`), digest: parseDigest(`sha256:${hex}`) };
}

function mustScan({ listing, standings }: Survey, { strategy, exact }: Capability, { verify }: PlanOptions): boolean {
  if (strategy === undefined || ![...standings.values()].some(({ is }) => is === "standing")) return false;
  if (verify === "all" || !exact) return true;
  return verify === "auto" && listing.length <= mostScanned;
}

/**
 * False for distribution 2 and 3, which up to 3.1 have no referrers API; their referrers are found by fallback tags.
 */
function mayHaveReferrersApi({ fingerprint: { kind } }: Capability): boolean {
  return kind !== "distribution2" && kind !== "distribution3";
}

async function referrersOf(
  { registry }: Session,
  repository: RepositoryName,
  { digests, concurrency }: { readonly digests: readonly Digest[]; readonly concurrency: number },
): Promise<ReadonlyMap<Digest, readonly Digest[]>> {
  let isOffered = true;
  const find = async (digest: Digest): Promise<readonly [Digest, readonly Digest[]]> => {
    if (!isOffered) return [digest, []];
    const listing = allOf<Descriptor>((page) => registry.listReferrers(repository, digest, page));
    const referrers = await unlessAbsent<Descriptor[], Descriptor[]>(listing, []).catch((error) => {
      if (!hasCode(error, "UNSUPPORTED")) throw error;
      isOffered = false; // no such API here: no need to ask again
      return [];
    });
    return [digest, referrers.map((one) => one.digest)];
  };
  return new Map(await pooled([...new Set(digests)], find, { concurrency }));
}
