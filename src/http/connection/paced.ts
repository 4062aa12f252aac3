import { ticks } from "../../support/ticks.ts";
import { isStream, type Request, type Transport } from "../../wire/transport.ts";

/** Resolves when the next request may be sent. */
export type Pace = () => Promise<void>;

/** The clock of a pace. */
export interface PaceOptions {
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** A rate limit of so many requests a second, evenly spaced, first come, first served. */
export function pace(
  perSecond: number,
  { now = ticks, sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }: PaceOptions = {},
): Pace {
  const between = 1000 / perSecond;
  let free = now();
  return async () => {
    const start = Math.max(free, now());
    free = start + between;
    const wait = start - now();
    if (wait > 0) await sleep(wait);
  };
}

/** Delays each request until its turn; several transports may share one pace. */
export function paced(transport: Transport, turn: Pace): Transport {
  return async function send(request) {
    await turn();
    return transport(request);
  };
}

/** Runs a task as soon as one of a fixed number of places is free, first come, first served. */
export type Places = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** A semaphore: at most `number` tasks run at the same time. */
export function places(number: number): Places {
  let free = number;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next(); // the place passes to the task that waited longest
    }
  };
}

/**
 * Limits how many requests wait for the head of their answer at the same time. Two kinds take no place: uploads from a
 * stream, which may itself wait for another request, and `lasting` requests, during which others watch the tags.
 */
export function limited(transport: Transport, inPlace: Places): Transport {
  return (request) => (isFree(request) ? transport(request) : inPlace(() => transport(request)));
}

function isFree({ body, lasting = false }: Request): boolean {
  return isStream(body) || lasting;
}
