import { ticks } from "../../support/ticks.ts";
import { isStream, type Request, type Transport } from "../../wire/transport.ts";

/** Resolves when the next request may be sent; a change comes before every read that waits. */
export type Pace = (isChange?: boolean) => Promise<void>;

/** The clock of a pace. */
export interface PaceOptions {
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * A rate limit of so many requests a second, evenly spaced, first come, first served; but whoever looked at a tag
 * changes it next, since the longer the wait between the two, the likelier that somebody pushes.
 */
export function pace(
  perSecond: number,
  { now = ticks, sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }: PaceOptions = {},
): Pace {
  const between = 1000 / perSecond;
  let free = now();
  const [changes, reads]: [(() => void)[], (() => void)[]] = [[], []];
  let isServing = false;
  async function serve(): Promise<void> {
    isServing = true;
    while (changes.length + reads.length > 0) {
      const wait = free - now();
      if (wait > 0) await sleep(wait);
      free = Math.max(free, now()) + between;
      (changes.shift() ?? reads.shift())?.();
    }
    isServing = false;
  }
  return (isChange = false) =>
    new Promise((resolve) => {
      (isChange ? changes : reads).push(resolve);
      if (!isServing) void serve();
    });
}

/** Delays each request until its turn; several transports may share one pace. */
export function paced(transport: Transport, turn: Pace): Transport {
  return async function send(request) {
    await turn(request.method !== "GET" && request.method !== "HEAD");
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
