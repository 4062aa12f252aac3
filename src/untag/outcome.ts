import { hasCode, inWords, RegistryError } from "../registry/errors.ts";
import type { Digest, Tag } from "../registry/names.ts";
import { messageOf } from "../support/message-of.ts";
import type { TagRemoval } from "./strategy.ts";

/**
 * Every way to remove a tag: asking the registry, by GitLab's older path, with a decoy, or in the registry's storage.
 */
export const strategyNames = ["native", "gitlab", "decoy", "storage"] as const;
export type StrategyName = (typeof strategyNames)[number];

/** How one tag ended. `removed` and `absent` (it did not exist) are what was asked for; the others carry a reason. */
export type TagOutcome = { readonly tag: Tag; readonly digest?: Digest } & (
  | { readonly outcome: "planned" | "removed" | "absent"; readonly unanswered?: true }
  | {
      readonly outcome: "refused" | "failed" | "kept" | "restored";
      readonly reason: string;
      readonly code?: string;
      /** No answer that says what became of it came to a change of it, which may yet be carried out. */
      readonly unanswered?: true;
    }
);

/** True where the tag does not exist any more. */
export function isGone({ outcome }: TagOutcome): boolean {
  return outcome === "removed" || outcome === "absent";
}

/**
 * True for a tag that could be neither removed nor put back: its operation stays open. A refused tag still stands, even
 * if its rehearsal left scratch tags.
 */
export function isStranded(outcome: TagOutcome): boolean {
  return "code" in outcome && outcome.code === "STRANDED" && outcome.outcome !== "refused";
}

/**
 * True where the registry may still carry out a change that it never answered: the operation stays open, and `recover`
 * looks again.
 */
export function isUncertain(outcome: TagOutcome): boolean {
  return "unanswered" in outcome;
}

/** The outcome of a tag that stands where it stood, although a change of it was sent. */
export function unchanged({ tag, original: { digest } }: TagRemoval, why: unknown): TagOutcome {
  const isUnanswered = hasCode(why, "LOST", "UNAVAILABLE");
  return { tag, digest, outcome: "failed", ...reasonOf(why), ...(isUnanswered && { unanswered: true }) };
}

/** The reason given where a signal (SIGINT, SIGTERM) stopped the work. */
export const interrupted: unknown = "interrupted";

/** The outcome of a tag that was not touched, because something stopped the work before its turn. */
export function untouched({ tag, original: { digest } }: TagRemoval, why: unknown): TagOutcome {
  const { reason, code } = reasonOf(why);
  return { tag, digest, outcome: "failed", reason: `not touched: ${reason}`, ...(code !== undefined && { code }) };
}

/** The outcome of a tag that the registry refused to delete or overwrite; it is unchanged. */
export function refused({ tag, original: { digest } }: TagRemoval, why: unknown): TagOutcome {
  return { tag, digest, outcome: "refused", ...reasonOf(why) };
}

/** The outcome of a tag that somebody pushed to meanwhile; it is left at `digest`, where they put it. */
export function pushedAnew({ tag }: Pick<TagRemoval, "tag">, digest: TagOutcome["digest"]): TagOutcome {
  return { tag, ...(digest !== undefined && { digest }), outcome: "kept", reason: "it was pushed anew meanwhile" };
}

/** The outcome of a tag that could be neither removed nor put back (`STRANDED`). */
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
  if (error instanceof RegistryError) return { reason: inWords(error), code: error.said ?? error.code };
  if (error === interrupted) return { reason: "interrupted by a signal", code: "INTERRUPTED" };
  return { reason: messageOf(error) };
}
