import { isPassing, isUnexplained, RegistryError } from "../registry/errors.ts";
import type { Clock } from "../support/clock.ts";
import type { Work } from "./strategy.ts";

/** For how long, in milliseconds, a failing step is tried again where stopping would leave a tag in between. */
export const longestPatience: number = 60_000;

/** The longest pause, in milliseconds, that is granted to a registry that asks for it. */
const longestAsked = 10 * 60_000;

/** A time limit for repeated failures, shared by several requests; every success starts it anew. */
export interface Patience {
  readonly clock: Clock;
  /** True for failures that may pass, and so are worth another try. */
  readonly passes: (error: unknown) => boolean;
  /** How often one attempt is repeated at the most; undefined for as often as the time allows. */
  readonly retries?: number | undefined;
  /** When it ends, in the clock's ticks. */
  until: number;
}

/** The end of a time limit of `longestPatience` that begins now, in the clock's ticks. */
export function deadlineOf({ clock }: { readonly clock: Clock }): number {
  return clock.ticks() + longestPatience;
}

/** Starts a new patience; by default it covers failures that may pass (see `isPassing`) and any unexplained 5xx. */
export function patienceOf(
  { clock }: { readonly clock: Clock },
  passes: (error: unknown) => boolean = mayPass,
): Patience {
  return { clock, passes, until: deadlineOf({ clock }) };
}

/** A patience for what leaves nothing in between when it is given up: it ends after `retries` too. */
export function limitedPatience({ clock, retries }: Pick<Work, "clock" | "retries">): Patience {
  return { ...patienceOf({ clock }), retries };
}

/**
 * Repeats an attempt, with waits from 0.1 to 5 s, while its failure may pass and the patience lasts; then throws the
 * failure.
 */
export async function patiently<Value>(patience: Patience, attempt: () => Promise<Value>): Promise<Value> {
  const { clock, passes, retries = Number.POSITIVE_INFINITY } = patience;
  for (let wait = 100, tries = 0; ; wait = Math.min(wait * 2, 5_000), tries++) {
    try {
      const value = await attempt();
      patience.until = deadlineOf(patience);
      return value;
    } catch (error) {
      const pause = pauseAfter(error, wait);
      const left = patience.until - clock.ticks();
      // a pause that the registry asks for may last longer, where stopping would leave a tag in between
      const isGranted = pause > wait && pause <= longestAsked && left > 0 && patience.retries === undefined;
      if (!passes(error) || tries >= retries || (pause > left && !isGranted)) throw error;
      await clock.sleep(pause);
    }
  }
}

/**
 * Repeats a look, with waits from 0.1 to 5 s, until it is settled, `lasting` milliseconds are over or a signal comes;
 * resolves to what was seen last. A deletion may be carried out after its answer, and a replica may show what was before.
 */
export async function lookUntil<Seen>(
  work: Pick<Work, "clock" | "signal">,
  look: () => Promise<Seen>,
  isSettled: (seen: Seen) => boolean,
  lasting: number = longestPatience,
): Promise<Seen> {
  const until = work.clock.ticks() + lasting;
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    const seen = await look();
    if (isSettled(seen) || work.signal?.aborted || work.clock.ticks() + wait > until) return seen;
    await work.clock.sleep(wait);
  }
}

/** Milliseconds to wait after a failure: `wait`, or longer where the registry's `Retry-After` asks for it. */
export function pauseAfter(error: unknown, wait: number): number {
  return Math.max(wait, error instanceof RegistryError ? (error.retryAfter ?? 0) * 1_000 : 0);
}

function mayPass(error: unknown): boolean {
  return isPassing(error) || isUnexplained(error);
}

/** The same work with a registry that repeats failed reads of tags and manifests, all within one shared patience. */
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
