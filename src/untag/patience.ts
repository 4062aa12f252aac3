import { hasCode, isPassing, RegistryError } from "../registry/errors.ts";
import type { Clock } from "../support/clock.ts";
import type { Work } from "./strategy.ts";

/** For how long, in milliseconds, something is pursued that must not be left as it is. */
export const patience: number = 60_000;

/** The end of one patience that begins now, on the clock's ticks. */
export function deadlineOf({ clock }: { readonly clock: Clock }): number {
  return clock.ticks() + patience;
}

interface Patience {
  readonly clock: Clock;
  /** On the clock's ticks. */
  readonly until: number;
  /** Which failures are worth another try. */
  readonly passes?: (error: unknown) => boolean;
}

/** Tries again while the failure may pass and the deadline has not; then throws it. */
export async function patiently<Value>(
  { clock, until, passes = mayPass }: Patience,
  attempt: () => Promise<Value>,
): Promise<Value> {
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      return await attempt();
    } catch (error) {
      const pause = Math.max(wait, error instanceof RegistryError ? (error.retryAfter ?? 0) * 1_000 : 0);
      if (!passes(error) || clock.ticks() + pause > until) throw error;
      await clock.sleep(pause);
    }
  }
}

/** A 500 without a known cause may be the last word of a server that is going down. */
function mayPass(error: unknown): boolean {
  return isPassing(error) || (hasCode(error, "UNKNOWN") && error.status >= 500);
}

/** The same work on a registry whose reads are tried again until one common deadline. */
export function patient(work: Work): Work {
  const { registry } = work;
  const patience = { clock: work.clock, until: deadlineOf(work) };
  return {
    ...work,
    registry: {
      ...registry,
      listTags: (...args) => patiently(patience, () => registry.listTags(...args)),
      resolve: (...args) => patiently(patience, () => registry.resolve(...args)),
      getManifest: (...args) => patiently(patience, () => registry.getManifest(...args)),
    },
  };
}
