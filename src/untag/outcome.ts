import type { Digest, Tag } from "../registry/names.ts";

export type StrategyName = "native" | "gitlab" | "decoy" | "storage";

/** How one tag ended. `removed` and `absent` are what was asked for; each other says why. */
export type TagOutcome = { readonly tag: Tag; readonly digest?: Digest } & (
  | { readonly outcome: "planned" | "removed" | "absent" }
  | { readonly outcome: "refused" | "failed" | "kept" | "restored"; readonly reason: string; readonly code?: string }
);

export function isGone({ outcome }: TagOutcome): boolean {
  return outcome === "removed" || outcome === "absent";
}

/** True for a tag that could be neither removed nor put back: the journal keeps its operation open. A refused tag stands, whatever its rehearsal left. */
export function isStranded(outcome: TagOutcome): boolean {
  return "code" in outcome && outcome.code === "STRANDED" && outcome.outcome !== "refused";
}
