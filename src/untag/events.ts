import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import type { TagOutcome } from "./outcome.ts";

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

/** What an operation tells while it goes on; every face shows the same. */
export type UntagEvent =
  | {
      readonly kind: "progress";
      readonly repository: RepositoryName;
      readonly phase: Phase;
      readonly done: number;
      readonly total: number;
      /** Where a tag was found to stand, in the phases that read tags. */
      readonly read?: { readonly tag: Tag; readonly digest: Digest };
    }
  | { readonly kind: "outcome"; readonly repository: RepositoryName; readonly outcome: TagOutcome }
  | { readonly kind: "note"; readonly repository: RepositoryName; readonly tag?: Tag; readonly says: string };

export type Emit = (event: UntagEvent) => void;
