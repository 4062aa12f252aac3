import type { Clock } from "../../support/clock.ts";
import type { Message } from "../message.ts";
import { joined } from "./joined.ts";
import type { Surroundings } from "./surroundings.ts";

/** Milliseconds in which messages are gathered, so that a thousand answers are drawn once. */
const gathering = 25;

interface Gathered {
  readonly message: Message;
  readonly signal: AbortSignal | undefined;
}

/** What gathers messages. */
export interface Gatherer extends Pick<Surroundings, "tell"> {
  /** True where no message waits. */
  readonly isEmpty: () => boolean;
}

/** Makes what gathers messages and dispatches them together, without those whose signal has aborted meanwhile. */
export function gatherer(clock: Pick<Clock, "ticks">, dispatch: (messages: readonly Message[]) => void): Gatherer {
  let gathered: Gathered[] = [];
  let flushedAt = Number.NEGATIVE_INFINITY;
  const flush = () => {
    const wanted = gathered.filter(({ signal }) => signal?.aborted !== true);
    gathered = [];
    flushedAt = clock.ticks();
    dispatch(joined(wanted.map(({ message }) => message)));
  };
  return {
    isEmpty: () => gathered.length === 0,
    tell(message, signal) {
      // the first answer is drawn at once, those that follow it together
      const wait = clock.ticks() - flushedAt > gathering ? 0 : gathering;
      if (gathered.push({ message, signal }) === 1) setTimeout(flush, wait);
    },
  };
}
