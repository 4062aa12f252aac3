import http from "node:http";
import type { LookupFunction, Socket } from "node:net";
import { RegistryError } from "../registry/errors.ts";
import type { Headers, Request, Response, Transport } from "../wire/transport.ts";
import { explain, ProxyRefusal } from "./node-failure.ts";
import type { ProxyAgent } from "./proxies.ts";
import { sendBody } from "./sending.ts";
import type { TlsOptions } from "./tls.ts";

export interface NodeTransportOptions {
  /** Only for https. */
  readonly tls?: TlsOptions;
  /** Connections kept open between requests; 8 by default. */
  readonly keptOpen?: number;
  /** Opens the connections in place of our own agent. */
  readonly proxy?: ProxyAgent;
  /** Resolves host names in place of the system's resolver. */
  readonly lookup?: LookupFunction;
}

/** Registries send a few kilobytes; a token in a challenge or a signed Location may be long. */
const largestHeader = 64 * 1024;

/** Carries requests to one server by `node:http` and `node:https`, over connections that are kept open. */
export function nodeTransport(origin: URL, options: NodeTransportOptions = {}): Transport {
  const opening = openerFor(origin, options);
  const place = options.proxy === undefined ? origin.host : `${origin.host} (through the proxy ${options.proxy.host})`;
  return async function transport(request) {
    for (;;) {
      const attempt = exchange(opening(request), request, place);
      try {
        return await attempt.answer;
      } catch (error) {
        // the server had closed a kept-open connection: every repetition uses up a dead one
        if (attempt.wasStale() && isRead(request) && !request.signal?.aborted) continue;
        throw error;
      }
    }
  };
}

type Opening = (request: Request) => http.ClientRequest;

function openerFor(origin: URL, { tls, keptOpen = 8, proxy, lookup }: NodeTransportOptions): Opening {
  const keeping = { keepAlive: true, maxFreeSockets: keptOpen, noDelay: true };
  const isSecure = origin.protocol === "https:";
  const https = isSecure ? process.getBuiltinModule("node:https") : undefined; // loading TLS takes its time
  const { request: open } = https ?? http;
  const agent = proxy?.agent ?? (https ? new https.Agent({ ...keeping, ...tls }) : new http.Agent(keeping));
  return ({ method, path, headers, body, signal }) =>
    open({
      protocol: origin.protocol,
      hostname: origin.hostname.replace(/^\[|\]$/g, ""),
      port: origin.port === "" ? (isSecure ? 443 : 80) : Number(origin.port),
      method,
      path,
      headers: { ...headers, ...(body instanceof Uint8Array && { "content-length": String(body.length) }) },
      agent,
      maxHeaderSize: largestHeader,
      ...(isSecure && tls),
      ...(lookup && { lookup }),
      ...(signal && { signal }),
    });
}

interface Attempt {
  readonly answer: Promise<Response>;
  /** True where a kept-open connection died before it carried any answer. */
  wasStale(): boolean;
}

function exchange(outgoing: http.ClientRequest, request: Request, place: string): Attempt {
  let connected = false;
  let broken = false;
  outgoing.once("socket", (socket: Socket) => {
    if (!isOpening(socket)) connected = true;
    else socket.once("encrypted" in socket ? "secureConnect" : "connect", () => (connected = true));
  });
  // a proxy's refusal would pass for the registry's own answer
  outgoing.once("proxyConnect", ({ statusCode: status = 200 }: { readonly statusCode?: number }) => {
    if (status !== 200) outgoing.destroy(new ProxyRefusal(status));
  });
  const answer = new Promise<Response>((resolve, reject) => {
    outgoing.once("response", (incoming) => resolve(responseOf(incoming, request)));
    outgoing.on("error", (cause) => {
      broken = isCut(cause);
      reject(explain(cause, { connected, request, place }));
    });
    sendBody(outgoing, request.body).catch((error) => {
      reject(error); // the caller's own stream broke, not the connection
      outgoing.destroy();
    });
  });
  return { answer, wasStale: () => broken && outgoing.reusedSocket };
}

function responseOf(incoming: http.IncomingMessage, request: Request): Response {
  incoming.on("error", () => {}); // told to whoever reads the body
  return {
    status: incoming.statusCode ?? 0,
    headers: joined(incoming.headersDistinct),
    body: reading(incoming, request),
  };
}

async function* reading(incoming: http.IncomingMessage, { method, signal }: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* incoming;
  } catch (cause) {
    const why = signal?.aborted && signal.reason instanceof Error ? `: ${signal.reason.message}` : "";
    throw new RegistryError("LOST", `the answer to the ${method} broke off${why}`, { cause });
  }
}

function joined(headers: NodeJS.Dict<string[]>): Headers {
  const entries = Object.entries(headers).map(([name, values]) => [name, values?.join(", ") ?? ""]);
  return Object.fromEntries(entries);
}

/** A reused connection, or one through a proxy, may be open when it comes. */
function isOpening(socket: Socket): boolean {
  return socket.connecting || ("secureConnecting" in socket && socket.secureConnecting === true);
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function isCut(cause: Error): boolean {
  return "code" in cause && (cause.code === "ECONNRESET" || cause.code === "EPIPE");
}
