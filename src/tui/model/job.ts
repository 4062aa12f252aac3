/** Work in the background that the person can see and stop. */
export interface Job {
  readonly id: number;
  readonly kind: "scan" | "details" | "removal" | "undo" | "recovery" | "doctor";
  readonly title: string;
  readonly doing: string;
  readonly done: number;
  readonly total: number;
  /** True once it changes something, so that quitting asks first. */
  readonly isChanging: boolean;
  readonly isStopping: boolean;
}

/** The job with this number; undefined once it has ended. */
export function jobWith({ jobs }: { readonly jobs: readonly Job[] }, id: number): Job | undefined {
  return jobs.find((job) => job.id === id);
}
