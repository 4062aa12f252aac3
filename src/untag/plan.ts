import { inWords, isRefusal, RegistryError } from "../registry/errors.ts";
import { isSchema1 } from "../registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import { grouped } from "../support/grouped.ts";
import { givesUpUntagged } from "./fingerprint.ts";
import type { TagOutcome } from "./outcome.ts";
import type { Capability } from "./probe.ts";
import { type Original, type Standing, type Survey, type TagTarget, tagsNamedAfter } from "./survey.ts";

/** The decision about one chosen tag, and its reason. */
export type PlanLine =
  | {
      readonly act: "remove";
      readonly tag: Tag;
      readonly original: Original;
      readonly because: string;
      /** Tags that keep the manifest; undefined where they were not scanned. */
      readonly siblings: readonly Tag[] | undefined;
      /**
       * Referrers and tags named after the manifest's digest that remain without purpose once its last tag is gone;
       * where siblings were not scanned, such tags alone, and another tag may keep the manifest.
       */
      readonly leftBehind: readonly string[];
      readonly undoable: boolean;
    }
  | { readonly act: "leave"; readonly tag: Tag; readonly outcome: TagOutcome };

/** The decisions for one repository, with the facts that they rest on. */
export interface RepositoryPlan {
  readonly repository: RepositoryName;
  readonly capability: Capability;
  readonly lines: readonly PlanLine[];
  /** Why a rehearsal is needed; undefined where it is not. */
  readonly rehearse: RehearsalNeed | undefined;
  readonly survey: Survey;
}

/** Why the strategy must first be tried on scratch tags, and which tags are refused where that fails. */
export interface RehearsalNeed {
  readonly because: string;
  readonly endangered: ReadonlySet<Tag>;
}

/** Everything that the decision rests on, read beforehand. */
export interface PlanFacts {
  readonly survey: Survey;
  readonly targets: readonly TagTarget[];
  readonly capability: Capability;
  /** Digests of originals that the registry refused to take back, and why. */
  readonly notPutBack: ReadonlyMap<Digest, RegistryError>;
  /** Referrers, from the referrers API, of manifests that lose their last tag. */
  readonly referrers: ReadonlyMap<Digest, readonly Digest[]>;
  /** True where a guard refuses a tag in any repository of the operation: then every tag is refused. */
  readonly isGuarded?: boolean;
}

/** What the person decided beforehand. */
export interface PlanRules {
  /** The glob that protects a tag; undefined where none does. */
  readonly protectedBy: (repository: RepositoryName, tag: Tag) => string | undefined;
  /** True to remove tags even where the registry refused to take their manifests back. */
  readonly noUndo: boolean;
}

/** Decides about each chosen tag of one repository. Pure: the same facts give the same plan. */
export function planRepository(facts: PlanFacts, rules: PlanRules): RepositoryPlan {
  const { survey, targets, capability } = facts;
  const refusesAll = facts.isGuarded || isGuarded(survey, targets, rules);
  const sharers = tagsByDigest(survey);
  const namedAfter = tagsNamedAfter(survey.listing.filter((tag) => !survey.standings.has(tag)));
  const lines = [...onceEach(targets)].map(([tag, expected]) =>
    lineFor(tag, expected, { ...facts, isGuarded: refusesAll, sharers, namedAfter }, rules),
  );
  return {
    repository: survey.repository,
    capability,
    lines,
    rehearse: rehearsalNeed(facts, lines),
    survey,
  };
}

/** The plan without siblings that left the listing since it was made, because somebody else removed them. */
export function withoutGone(plan: RepositoryPlan, listing: ReadonlySet<Tag>): RepositoryPlan {
  const { survey, lines } = plan;
  const stays = (tag: Tag) => listing.has(tag) || survey.standings.has(tag);
  const scan = survey.scan && new Map([...survey.scan].filter(([tag]) => listing.has(tag)));
  return {
    ...plan,
    survey: { ...survey, scan, listing: survey.listing.filter(stays) },
    lines: lines.map((line) => (line.act === "leave" ? line : { ...line, siblings: line.siblings?.filter(stays) })),
  };
}

/** Merges tags that are named twice; such a tag must point at every digest that was expected of it. */
function onceEach(targets: readonly TagTarget[]): ReadonlyMap<Tag, readonly Digest[]> {
  const expectations = new Map<Tag, Digest[]>();
  for (const { tag, expected } of targets) {
    const digests = expectations.get(tag) ?? [];
    expectations.set(tag, digests);
    if (expected !== undefined) digests.push(expected);
  }
  return expectations;
}

/**
 * True where a chosen tag is protected or does not point where expected: then the whole operation is refused, in every
 * repository.
 */
export function isGuarded(survey: Survey, targets: readonly TagTarget[], rules: PlanRules): boolean {
  return [...onceEach(targets)].some(([tag, expected]) => guardOf(tag, expected, survey, rules) !== undefined);
}

type Facts = PlanFacts & {
  readonly sharers: ReadonlyMap<Digest, readonly Tag[]> | undefined;
  readonly namedAfter: (digest: Digest) => readonly Tag[];
};

function lineFor(tag: Tag, expected: readonly Digest[], facts: Facts, rules: PlanRules): PlanLine {
  const { survey, capability } = facts;
  const guard = guardOf(tag, expected, survey, rules);
  if (guard !== undefined) return guard;
  const standing = standingIn(survey, tag);
  if (standing.is !== "standing") return leave(tag, standing);
  const { original } = standing;
  if (facts.isGuarded) {
    return refuse(tag, "GUARDED", "another tag of this operation is protected or has moved", original.digest);
  }
  if (capability.strategy === undefined) return refuseBecause(tag, original.digest, capability.refusal);
  const refusal = facts.notPutBack.get(original.digest);
  if (refusal !== undefined && (isRefusal(refusal) || !rules.noUndo))
    return refuseBecause(tag, original.digest, putBackRefused(refusal));
  return removal(tag, original, facts);
}

/** The refusal of a tag that is protected or does not point where expected; undefined for all others. */
function guardOf(tag: Tag, expected: readonly Digest[], survey: Survey, rules: PlanRules): PlanLine | undefined {
  const glob = rules.protectedBy(survey.repository, tag);
  const standing = standingIn(survey, tag);
  const digest = "original" in standing ? standing.original.digest : undefined;
  if (glob !== undefined) return refuse(tag, "PROTECTED", `protected by "${glob}"`, digest);
  const other = digest && expected.find((one) => one !== digest);
  return other && refuse(tag, "DIGEST_MISMATCH", `it points at ${digest}, not at ${other}`, digest);
}

function standingIn({ standings }: Survey, tag: Tag): Standing {
  return standings.get(tag) ?? { is: "absent" };
}

function removal(
  tag: Tag,
  original: Original,
  { capability, notPutBack, referrers, sharers, namedAfter }: Facts,
): PlanLine {
  const siblings = sharers && (sharers.get(original.digest) ?? []);
  const isLast = siblings?.length === 0;
  const isGivenUp = isLast && givesUpUntagged(capability.fingerprint.kind);
  if (isGivenUp && capability.strategy === "decoy") return refuseBecause(tag, original.digest, givenUpAtOnce);
  return {
    act: "remove",
    tag,
    original,
    because: `asked for; by ${capability.strategy}${isLast ? "; no other tag keeps its manifest" : ""}`,
    siblings,
    leftBehind: siblings?.length ? [] : [...namedAfter(original.digest), ...(referrers.get(original.digest) ?? [])],
    undoable: !isGivenUp && !notPutBack.has(original.digest) && !isSchema1(original.manifest.mediaType),
  };
}

/** The tags that were not chosen, sorted and grouped by digest; undefined where they were not scanned. */
function tagsByDigest({ scan }: Pick<Survey, "scan">): ReadonlyMap<Digest, readonly Tag[]> | undefined {
  return scan && grouped([...scan.keys()].sort(), (tag) => scan.get(tag) as Digest);
}

function rehearsalNeed({ survey, capability }: PlanFacts, lines: readonly PlanLine[]): RehearsalNeed | undefined {
  const tags = lines.flatMap((line) => (line.act === "remove" ? [line.tag] : []));
  if (tags.length === 0) return undefined;
  if (!capability.exact) {
    const because = `${capability.strategy} is not known to be exact on this kind of registry`;
    return { because, endangered: new Set(tags) };
  }
  if (capability.fingerprint.kind !== "distribution2") return undefined;
  const extended = namesExtended(survey.listing);
  const endangered = tags.filter((tag) => extended.has(tag));
  if (endangered.length === 0) return undefined;
  // distribution's S3 driver stops deleting at the first such key, and leaves the tag listed without a manifest
  const because = `on S3, distribution 2 cannot remove "${endangered[0]}" while a tag named after it stands`;
  return { because, endangered: new Set(endangered) };
}

/** Every name that a listed tag begins with, followed by `-` or `.`: `v1` for `v1-rc` or `v1.2`. */
function namesExtended(listing: readonly Tag[]): ReadonlySet<string> {
  return new Set(listing.flatMap((tag) => [...tag.matchAll(/[-.]/g)].map(({ index }) => tag.slice(0, index))));
}

function leave(tag: Tag, standing: Exclude<Standing, { is: "standing" }>): PlanLine {
  switch (standing.is) {
    case "absent":
      return { act: "leave", tag, outcome: { tag, outcome: "absent" } };
    case "zombie":
      return refuse(tag, "ZOMBIE", "it is listed without a manifest; `tagwise recover HOST/REPOSITORY` removes it");
    case "decoy":
      return refuse(
        tag,
        "DECOY",
        standing.label === undefined
          ? "it stands on the dummy of an interrupted `regctl tag delete`; `tagwise recover HOST/REPOSITORY` finishes that"
          : `it stands on the decoy of operation ${standing.label.operation}; \`tagwise recover\` finishes that, or \`tagwise recover HOST\` where the journal does not know it`,
        standing.original.digest,
      );
    case "unreadable":
      return isRefusal(standing.error)
        ? refuseBecause(tag, undefined, standing.error)
        : { act: "leave", tag, outcome: failedToRead(tag, standing.error) };
  }
}

function failedToRead(tag: Tag, error: RegistryError): TagOutcome {
  const reason = `it cannot be read; ${inWords(error)}`;
  return { tag, outcome: "failed", reason, code: error.said ?? error.code };
}

function refuse(tag: Tag, code: string, reason: string, digest?: Digest): PlanLine {
  return {
    act: "leave",
    tag,
    outcome: { tag, outcome: "refused", code, reason, ...(digest !== undefined && { digest }) },
  };
}

function refuseBecause(tag: Tag, digest: Digest | undefined, error: RegistryError | undefined): PlanLine {
  const reason = error === undefined ? "no strategy fits" : inWords(error);
  return refuse(tag, error?.said ?? error?.code ?? "UNSUPPORTED", reason, digest);
}

const givenUpAtOnce = new RegistryError(
  "UNSUPPORTED",
  "the registry gives a manifest up as soon as a decoy has its last tag, and nothing could put it back",
  { next: "leave --strategy out: this registry deletes a tag itself" },
);

function putBackRefused(cause: RegistryError): RegistryError {
  if (isRefusal(cause)) return cause;
  return new RegistryError(cause.code, `the registry would not take its manifest back: ${cause.message}`, {
    cause,
    ...(cause.said !== undefined && { said: cause.said }),
    next: "with --no-undo it is removed for good",
  });
}
