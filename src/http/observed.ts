import type { Headers } from "../wire/transport.ts";

/** One request and what came of it, without secrets: fit to be shown. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  /** Only headers that are known to be harmless. */
  readonly headers: Headers;
  /** Bytes of the body sent, where they were known beforehand. */
  readonly size?: number;
  /** Until the head of the answer. */
  readonly milliseconds: number;
  readonly answer:
    | { readonly status: number; readonly headers: Headers; readonly size?: number }
    | { readonly error: unknown };
}

/** Is told of each exchange as its answer's head comes in. */
export type Observer = (exchange: Exchange) => void;
