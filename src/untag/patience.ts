import { hasCode, isPassing, RegistryError } from "../registry/errors.ts";
import type { Clock } from "../support/clock.ts";
import type { Work } from "./strategy.ts";

/** For how long, in milliseconds, something is pursued that must not be left as it is. */
export const longestPatience: number = 60_000;

/** How long failures are borne by all that share it: whatever succeeds begins it anew. */
export interface Patience {
  readonly clock: Clock;
  /** Which failures are worth another try. */
  readonly passes: (error: unknown) => boolean;
  /** On the clock's ticks. */
  until: number;
}

/** The end of one patience that begins now, on the clock's ticks. */
export function deadlineOf({ clock }: { readonly clock: Clock }): number {
  return clock.ticks() + longestPatience;
}

export function patienceOf(
  { clock }: { readonly clock: Clock },
  passes: (error: unknown) => boolean = mayPass,
): Patience {
  return { clock, passes, until: deadlineOf({ clock }) };
}

/** Tries again while the failure may pass and the patience has not ended; then throws it. */
export async function patiently<Value>(patience: Patience, attempt: () => Promise<Value>): Promise<Value> {
  const { clock, passes } = patience;
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      const value = await attempt();
      patience.until = deadlineOf(patience);
      return value;
    } catch (error) {
      const pause = pauseAfter(error, wait);
      if (!passes(error) || clock.ticks() + pause > patience.until) throw error;
      await clock.sleep(pause);
    }
  }
}

/** Milliseconds to wait after a failure: no less than the registry asks for. */
export function pauseAfter(error: unknown, wait: number): number {
  return Math.max(wait, error instanceof RegistryError ? (error.retryAfter ?? 0) * 1_000 : 0);
}

/** A 500 without a known cause may be the last word of a server that is going down. */
function mayPass(error: unknown): boolean {
  return isPassing(error) || (hasCode(error, "UNKNOWN") && error.status >= 500);
}

/** The same work on a registry whose reads are tried again in one common patience. */
export function patient(work: Work): Work {
  const { registry } = work;
  const patience = patienceOf(work);
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
