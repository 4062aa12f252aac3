import { printable } from "../../support/printable.ts";
import { redactHeader, redactUrl } from "../../support/redaction.ts";
import { ticks } from "../../support/ticks.ts";
import type { Headers, Request, Response, Transport } from "../../wire/transport.ts";

/** One request and its answer without secrets, so that it can be shown. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  /** Only headers that are known to be harmless; of credentials only the scheme. */
  readonly headers: Headers;
  /** Bytes of the request's body; absent for a stream. */
  readonly size?: number;
  /** The time until the head of the answer came. */
  readonly milliseconds: number;
  readonly answer: ObservedAnswer | { readonly error: unknown };
}

interface ObservedAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The server's `WWW-Authenticate` header. */
  readonly challenge: string | undefined;
  /** Bytes of the answer's body, from Content-Length. */
  readonly size?: number;
}

/** Called with each exchange when the head of its answer comes in, or when it fails. */
export type Observer = (exchange: Exchange) => void;

/** Reports every request that is really sent to one server to an observer, without secrets. */
export function observed(
  transport: Transport,
  { origin, observe }: { readonly origin: URL; readonly observe: Observer },
): Transport {
  return async function send(request) {
    const began = ticks();
    const tell = (answer: Exchange["answer"]) =>
      observe(exchangeOf(request, { origin, milliseconds: ticks() - began, answer }));
    try {
      const answer = await transport(request);
      tell(answerOf(answer));
      return answer;
    } catch (error) {
      tell({ error });
      throw error;
    }
  };
}

/** Redacts only when a field is read, since most observers only count. */
function exchangeOf({ method, path, headers, body }: Request, { origin, milliseconds, answer }: Told): Exchange {
  return {
    method,
    get url() {
      return printable(redactUrl(origin.origin + path));
    },
    get headers() {
      return shown(headers);
    },
    ...(body instanceof Uint8Array && { size: body.length }),
    milliseconds,
    answer,
  };
}

interface Told extends Pick<Exchange, "milliseconds" | "answer"> {
  readonly origin: URL;
}

function answerOf({ status, headers }: Response): ObservedAnswer {
  const size = Number(headers["content-length"] ?? Number.NaN);
  return {
    status,
    get headers() {
      return shown(headers);
    },
    get challenge() {
      const challenge = headers["www-authenticate"];
      return challenge === undefined ? undefined : printable(challenge);
    },
    ...(Number.isSafeInteger(size) && { size }),
  };
}

function shown(headers: Headers): Headers {
  const harmless = Object.entries(headers).flatMap(([name, value]) => {
    const open = redactHeader(name, value);
    return open === undefined ? [] : [[name, printable(open)] as const];
  });
  return Object.fromEntries(harmless);
}
