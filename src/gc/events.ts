/** What a collector is at. */
export type CollectPhase =
  | "listing"
  | "reading-links"
  | "reading-manifests"
  | "unlinking"
  | "moving"
  | "restoring"
  | "deleting";

/** Told while a collector works, for a progress line. */
export interface CollectProgress {
  readonly kind: "progress";
  readonly phase: CollectPhase;
  readonly done: number;
  /** Undefined while it is not known. */
  readonly total?: number;
}

export type EmitCollect = (event: CollectProgress) => void;
