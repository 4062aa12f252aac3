/** Something that takes a while. */
export interface Job {
  readonly id: number;
  readonly kind: "scan" | "details" | "removal" | "undo" | "recovery" | "doctor";
  readonly title: string;
  readonly doing: string;
  readonly done: number;
  readonly total: number;
  /** True once it changes something. */
  readonly isChanging: boolean;
  readonly isStopping: boolean;
}
