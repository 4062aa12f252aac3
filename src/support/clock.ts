/** The time of day, a monotonic clock and waiting, passed in so that tests can replace them. */
export interface Clock {
  readonly now: () => Date;
  /** Milliseconds on a clock that never runs backwards. */
  readonly ticks: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}
