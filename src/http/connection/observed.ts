import { printable } from "../../support/printable.ts";
import { redactHeader, redactUrl } from "../../support/redaction.ts";
import { ticks } from "../../support/ticks.ts";
import type { Headers, Request, Response, Transport } from "../../wire/transport.ts";

/** One request and what came of it, without secrets: fit to be shown. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  /** Only headers that are known to be harmless; of credentials the scheme alone. */
  readonly headers: Headers;
  /** Bytes of the body sent, where they were known beforehand. */
  readonly size?: number;
  /** Until the head of the answer. */
  readonly milliseconds: number;
  readonly answer: ObservedAnswer | { readonly error: unknown };
}

interface ObservedAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** How the server wants to be asked, as its `WWW-Authenticate` says. */
  readonly challenge: string | undefined;
  /** Bytes of the body, where the server said so. */
  readonly size?: number;
}

/** Is told of each exchange as its answer's head comes in. */
export type Observer = (exchange: Exchange) => void;

/** Tells an observer of everything that really goes to one server, and keeps secrets to itself. */
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

/** Made fit to be shown only when somebody looks: most observers count. */
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
