import { ticks } from "../../support/ticks.ts";
import type { Request, Transport } from "../../wire/transport.ts";

/** Waits until the next request may go. */
export type Pace = () => Promise<void>;

export interface PaceOptions {
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** At most so many requests a second, evenly spaced and in the order in which they came. */
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

/** Lets each request wait for its turn; several transports may share one pace. */
export function paced(transport: Transport, turn: Pace): Transport {
  return async function send(request) {
    await turn();
    return transport(request);
  };
}

/** Runs a task when one of a number of places is free, first come, first served. */
export type Places = <Result>(task: () => Promise<Result>) => Promise<Result>;

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
      else next(); // the place goes on to who waited longest
    }
  };
}

/**
 * Lets only so many requests wait for the head of their answer at once. Two kinds are free: streams, which may wait for other
 * requests, and what is lasting: the tags that a deletion takes are watched by other requests meanwhile.
 */
export function limited(transport: Transport, inPlace: Places): Transport {
  return (request) => (isFree(request) ? transport(request) : inPlace(() => transport(request)));
}

function isFree({ body, lasting = false }: Request): boolean {
  return (body !== undefined && !(body instanceof Uint8Array)) || lasting;
}
