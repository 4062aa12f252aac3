import http from "node:http";
import type { LookupFunction, Socket } from "node:net";
import { RegistryError } from "../../registry/errors.ts";
import { portOf } from "../../registry/hosts.ts";
import { codeOf } from "../../support/system-error.ts";
import { bodyOf } from "../../wire/body.ts";
import type { Headers, Request, Response, Transport } from "../../wire/transport.ts";
import { explain, type FailureContext, ProxyRefusal } from "./node-failure.ts";
import type { ProxyAgent } from "./proxies.ts";
import { sendBody } from "./sending.ts";
import type { TlsOptions } from "./tls.ts";

/** How connections to one server are made. */
export interface NodeTransportOptions {
  /** Used for https only. */
  readonly tls?: TlsOptions;
  /** Connections kept open between requests; 8 by default. */
  readonly keptOpen?: number;
  /** Opens the connections instead of our own agent. */
  readonly proxy?: ProxyAgent;
  /** Resolves host names instead of the system's resolver. */
  readonly lookup?: LookupFunction;
}

/** In bytes. Registries send a few kilobytes; a signed Location or a challenge may be long. */
const largestHeader = 64 * 1024;

/**
 * Sends requests to one server with `node:http` or `node:https` over kept-open connections; repeats a read whose
 * connection was stale.
 */
export function nodeTransport(origin: URL, options: NodeTransportOptions = {}): Transport {
  const opening = openerFor(origin, options);
  const { proxy } = options;
  const way: Way = {
    place: proxy === undefined ? origin.host : `${origin.host} (through the proxy ${proxy.host})`,
    proxy,
    isSecure: origin.protocol === "https:",
  };
  return async function transport(request) {
    for (;;) {
      const attempt = exchange(opening(request), request, way);
      try {
        return await attempt.answer;
      } catch (error) {
        // the server had closed a kept-open connection; each repetition uses up one of them, so this ends
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
  const place = {
    protocol: origin.protocol,
    hostname: origin.hostname.replace(/^\[|\]$/g, ""),
    port: portOf(origin),
    agent: proxy?.agent ?? (https ? new https.Agent({ ...keeping, ...tls }) : new http.Agent(keeping)),
    maxHeaderSize: largestHeader,
    ...(isSecure && tls),
    ...(lookup && { lookup }),
  };
  // the agent reads `//host/path` as another server, and would send the credentials there
  const before = proxy !== undefined && !isSecure ? origin.origin : "";
  return ({ method, path, headers, body }) => {
    if (!path.startsWith("/")) throw new RegistryError("ANSWER_INVALID", "the registry named a place that is no path");
    const sized = body instanceof Uint8Array ? { ...headers, "content-length": String(body.length) } : headers;
    return open({ ...place, method, path: before + path, headers: sized });
  };
}

interface Attempt {
  readonly answer: Promise<Response>;
  /** True where a kept-open connection died before it carried any answer. */
  wasStale(): boolean;
}

type Way = Pick<FailureContext, "place" | "proxy" | "isSecure">;

function exchange(outgoing: http.ClientRequest, request: Request, { place, proxy, isSecure }: Way): Attempt {
  let before = proxy;
  let connected = false;
  let broken = false;
  let settled = false;
  outgoing.once("socket", (socket: Socket) => {
    if (isSecure) before = undefined; // the proxy's tunnel is open, and answers come from the server itself
    if (!isOpening(socket)) connected = true;
    else socket.once("encrypted" in socket ? "secureConnect" : "connect", () => (connected = true));
  });
  // a proxy's refusal would pass for the registry's own answer
  outgoing.once("proxyConnect", ({ statusCode: status = 200 }: { readonly statusCode?: number }) => {
    if (status !== 200) outgoing.destroy(new ProxyRefusal(status));
  });
  const answer = new Promise<Response>((resolve, reject) => {
    const fail = (cause: Error) => {
      if (settled) return;
      settled = true;
      broken = isCut(cause);
      reject(explain(cause, { connected, request, isSecure, place, proxy: before }));
    };
    outgoing.on("error", fail);
    outgoing.once("close", () => fail(new Error("closed without an answer"))); // an unexpected 101 ends like this
    outgoing.once("response", (incoming) => {
      if (before !== undefined && incoming.statusCode === 407) {
        incoming.resume();
        return fail(new ProxyRefusal(407)); // only a proxy says 407
      }
      settled = true;
      resolve(responseOf(incoming, request));
    });
    if (request.signal !== undefined) cutBy(request.signal, outgoing);
    sendBody(outgoing, request.body).catch((error) => {
      reject(error); // the caller's own stream broke, not the connection
      destroy(outgoing, error);
    });
  });
  return { answer, wasStale: () => broken && outgoing.reusedSocket };
}

/** Aborts a request by its signal, as Node's `signal` option does at several times the cost. */
function cutBy(signal: AbortSignal, outgoing: http.ClientRequest): void {
  const cut = () => destroy(outgoing, new Error("cut off"));
  if (signal.aborted) cut();
  signal.addEventListener("abort", cut, { once: true });
  outgoing.once("close", () => signal.removeEventListener("abort", cut));
}

/** Destroys a request. While the agent waits for its proxy there is no socket, so Node emits no error: we do. */
function destroy(outgoing: http.ClientRequest, cause: Error): void {
  outgoing.destroy(cause);
  if (outgoing.socket === null) outgoing.emit("error", cause);
}

function responseOf(incoming: http.IncomingMessage, request: Request): Response {
  const { statusCode: status = 0 } = incoming;
  const headers = joined(incoming.rawHeaders);
  incoming.on("error", () => {}); // the reader of the body gets it
  if (request.method !== "HEAD") return { status, headers, body: reading(incoming, request) };
  incoming.resume();
  return { status, headers, body: bodyOf() };
}

async function* reading(incoming: http.IncomingMessage, { method, signal }: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* incoming;
  } catch (cause) {
    const why = signal?.aborted && signal.reason instanceof Error ? `: ${signal.reason.message}` : "";
    throw new RegistryError("LOST", `the answer to the ${method} broke off${why}`, { cause });
  }
}

function joined(raw: readonly string[]): Headers {
  const headers: Record<string, string> = Object.create(null); // a server may send `constructor`
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    const before = headers[name];
    headers[name] = before === undefined ? (raw[index + 1] ?? "") : `${before}, ${raw[index + 1]}`;
  }
  return headers;
}

/** True while a socket is connecting; a reused one, or one through a proxy, is open already. */
function isOpening(socket: Socket): boolean {
  return socket.connecting || ("secureConnecting" in socket && socket.secureConnecting === true);
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function isCut(cause: Error): boolean {
  const code = codeOf(cause);
  return code === "ECONNRESET" || code === "EPIPE";
}
