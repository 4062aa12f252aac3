import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import type { TagOutcome } from "./outcome.ts";

/** What an operation is doing; the phases come in about this order. */
export type Phase =
  | "listing"
  | "reading"
  | "scanning"
  | "probing"
  | "rehearsing"
  | "overwriting"
  | "deleting"
  | "removing"
  | "verifying"
  | "restoring";

/** What an operation reports while it runs: progress, the outcome of each tag, and notes for the person. */
export type UntagEvent =
  | {
      readonly kind: "progress";
      readonly repository: RepositoryName;
      readonly phase: Phase;
      readonly done: number;
      readonly total: number;
      /** The tag that was just read and its digest, in the phases `reading` and `scanning`. */
      readonly read?: { readonly tag: Tag; readonly digest: Digest };
    }
  | { readonly kind: "outcome"; readonly repository: RepositoryName; readonly outcome: TagOutcome }
  | { readonly kind: "note"; readonly repository: RepositoryName; readonly tag?: Tag; readonly says: string };

/** Receives the events of an operation as they happen. */
export type Emit = (event: UntagEvent) => void;
