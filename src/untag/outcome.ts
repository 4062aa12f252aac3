import { hasCode, RegistryError } from "../registry/errors.ts";
import type { Digest, Tag } from "../registry/names.ts";
import { messageOf } from "../support/message-of.ts";
import type { TagRemoval } from "./strategy.ts";

export const strategyNames = ["native", "gitlab", "decoy", "storage"] as const;
export type StrategyName = (typeof strategyNames)[number];

/** How one tag ended. `removed` and `absent` are what was asked for; each other says why. */
export type TagOutcome = { readonly tag: Tag; readonly digest?: Digest } & (
  | { readonly outcome: "planned" | "removed" | "absent" }
  | {
      readonly outcome: "refused" | "failed" | "kept" | "restored";
      readonly reason: string;
      readonly code?: string;
      /** No answer came to a change of it, which may yet be carried out. */
      readonly unanswered?: true;
    }
);

export function isGone({ outcome }: TagOutcome): boolean {
  return outcome === "removed" || outcome === "absent";
}

/** True for a tag that could be neither removed nor put back: the journal keeps its operation open. A refused tag stands, whatever its rehearsal left. */
export function isStranded(outcome: TagOutcome): boolean {
  return "code" in outcome && outcome.code === "STRANDED" && outcome.outcome !== "refused";
}

/** True where a change may yet be carried out, though nothing shows it: the operation stays open, and `recover` looks again. */
export function isUncertain(outcome: TagOutcome): boolean {
  return "unanswered" in outcome;
}

/** A tag that stands where it stood, although something was done to it. */
export function unchanged({ tag, original: { digest } }: TagRemoval, why: unknown): TagOutcome {
  const isUnanswered = hasCode(why, "LOST", "UNAVAILABLE");
  return { tag, digest, outcome: "failed", ...reasonOf(why), ...(isUnanswered && { unanswered: true }) };
}

/** Why work stopped in good order: a signal came. */
export const interrupted: unknown = "interrupted";

/** A tag that was not touched, since something stopped the work before. */
export function untouched({ tag, original: { digest } }: TagRemoval, why: unknown): TagOutcome {
  const { reason, code } = reasonOf(why);
  return { tag, digest, outcome: "failed", reason: `not touched: ${reason}`, ...(code !== undefined && { code }) };
}

/** A tag that the registry would not let go of or write to; it was left as it is. */
export function refused({ tag, original: { digest } }: TagRemoval, why: unknown): TagOutcome {
  return { tag, digest, outcome: "refused", ...reasonOf(why) };
}

/** A tag that somebody pushed to meanwhile; it is left where it stands. */
export function pushedAnew({ tag }: Pick<TagRemoval, "tag">, digest: TagOutcome["digest"]): TagOutcome {
  return { tag, ...(digest !== undefined && { digest }), outcome: "kept", reason: "it was pushed anew meanwhile" };
}

/** A tag that could be neither removed nor put back. */
export function stranded({ tag, original: { digest } }: TagRemoval, error: unknown): TagOutcome {
  const { reason } = reasonOf(error);
  return {
    tag,
    digest,
    outcome: "failed",
    code: "STRANDED",
    reason: `it could not be put back (${reason}); \`tagwise recover\` goes on`,
  };
}

/** An error as the reason of an outcome. */
export function reasonOf(error: unknown): { readonly reason: string; readonly code?: string } {
  if (error instanceof RegistryError) return { reason: error.message, code: error.said ?? error.code };
  if (error === interrupted) return { reason: "interrupted by a signal", code: "INTERRUPTED" };
  return { reason: messageOf(error) };
}
