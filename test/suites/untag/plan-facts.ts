import { digestOf } from "../../../src/registry/digest.ts";
import { mediaTypes } from "../../../src/registry/image.ts";
import { parseRepositoryName, parseTag, type RepositoryName, type Tag } from "../../../src/registry/names.ts";
import type { PlanFacts, PlanRules } from "../../../src/untag/plan.ts";
import type { Capability } from "../../../src/untag/probe.ts";
import type { Original, Standing, TagTarget } from "../../../src/untag/survey.ts";

const repository: RepositoryName = parseRepositoryName("team/app");
/** Nothing is protected. */
export const rules: PlanRules = { protectedBy: () => undefined, noUndo: false };

/** A manifest that stands under its name alone. */
export function originalOf(seed: string): Original {
  const bytes = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, seed }));
  return { digest: digestOf(bytes), manifest: { mediaType: mediaTypes.ociManifest, bytes } };
}

/** What a distribution 2 allows, unless something else is said. */
export function capability(more: Partial<Capability> = {}): Capability {
  const fingerprint = { kind: "distribution2", because: "a test says so" } as const;
  return { fingerprint, deletion: "allowed", strategy: "decoy", exact: true, findings: [], ...more };
}

/** A repository, and what is asked of it. */
export interface World {
  /** What stands where, the chosen tags and the others. */
  readonly tags: Readonly<Record<string, string>>;
  readonly chosen: readonly (string | TagTarget)[];
  readonly scanned?: boolean;
  readonly more?: Partial<PlanFacts>;
  readonly standings?: readonly (readonly [string, Standing])[];
}

/** What would have been read of such a repository. */
export function factsOf({ tags, chosen, scanned = true, more, standings = [] }: World): PlanFacts {
  const targets = chosen.map((one) => (typeof one === "string" ? { tag: parseTag(one) } : one));
  const known = new Map<Tag, Standing>();
  for (const { tag } of targets) {
    const seed = Object.hasOwn(tags, tag) ? tags[tag] : undefined;
    known.set(tag, seed === undefined ? { is: "absent" } : { is: "standing", original: originalOf(seed) });
  }
  for (const [tag, standing] of standings) known.set(parseTag(tag), standing);
  const others = Object.entries(tags).filter(([tag]) => !known.has(tag as Tag));
  const scan = new Map(others.map(([tag, seed]) => [parseTag(tag), originalOf(seed).digest] as const));
  const listing = Object.keys(tags).map(parseTag);
  return {
    survey: { repository, listing, standings: known, scan: scanned ? scan : undefined },
    targets,
    capability: capability(),
    notPutBack: new Map(),
    referrers: new Map(),
    ...more,
  };
}
