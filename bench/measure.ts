/** Milliseconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The middle one of some measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** `2.31`. */
export function ratio(mine: number, theirs: number): string {
  return (mine / theirs).toFixed(2);
}

/** `812 ms`, and `12 s` where it is long. */
export function ms(milliseconds: number): string {
  return milliseconds > 10_000 ? `${(milliseconds / 1_000).toFixed(0)} s` : `${milliseconds.toFixed(0)} ms`;
}
