/** The time of day, time that passes, and waiting: what a test brings itself. */
export interface Clock {
  readonly now: () => Date;
  /** Milliseconds that never run backwards. */
  readonly ticks: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}
