/** What a collector is doing. */
export type CollectPhase =
  | "listing"
  | "reading-links"
  | "reading-manifests"
  | "unlinking"
  | "moving"
  | "restoring"
  | "deleting";

/** How far a collector is in its phase, for a progress line. */
export interface CollectProgress {
  readonly kind: "progress";
  readonly phase: CollectPhase;
  readonly done: number;
  /** Absent while it is not known. */
  readonly total?: number;
}

/** Receives the progress of a collector. */
export type EmitCollect = (event: CollectProgress) => void;
