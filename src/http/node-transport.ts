import http from "node:http";
import https from "node:https";
import { RegistryError } from "../registry/errors.ts";
import type { Headers, Request, Response, Transport } from "../wire/transport.ts";
import { explain } from "./node-failure.ts";
import { sendBody } from "./sending.ts";

/** What TLS needs, ready for Node: a context is made once, not once a connection. */
export interface TlsOptions {
  readonly secureContext?: import("node:tls").SecureContext;
  readonly rejectUnauthorized?: boolean;
}

export interface NodeTransportOptions {
  /** Only for https. */
  readonly tls?: TlsOptions;
  /** Connections kept open between requests; 8 by default. */
  readonly keptOpen?: number;
  /** Opens the connections in place of our own agent, as a proxy does. */
  readonly agent?: http.Agent;
  /** Resolves host names in place of the system's resolver. */
  readonly lookup?: import("node:net").LookupFunction;
}

/** Registries send a few kilobytes; a token in a challenge or a signed Location may be long. */
const largestHeader = 64 * 1024;

/** Carries requests to one server by `node:http` and `node:https`, over connections that are kept open. */
export function nodeTransport(origin: URL, options: NodeTransportOptions = {}): Transport {
  const opening = openerFor(origin, options);
  return async function transport(request) {
    for (;;) {
      const attempt = exchange(opening(request), request);
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

function openerFor(origin: URL, { tls = {}, keptOpen = 8, agent, lookup }: NodeTransportOptions): Opening {
  const keeping = { keepAlive: true, maxFreeSockets: keptOpen, noDelay: true };
  const isSecure = origin.protocol === "https:";
  const { request: open } = isSecure ? https : http;
  const dialer = agent ?? (isSecure ? new https.Agent({ ...keeping, ...tls }) : new http.Agent(keeping));
  return ({ method, path, headers, body, signal }) =>
    open({
      protocol: origin.protocol,
      hostname: origin.hostname.replace(/^\[|\]$/g, ""),
      port: origin.port === "" ? (isSecure ? 443 : 80) : Number(origin.port),
      method,
      path,
      headers: { ...headers, ...(body instanceof Uint8Array && { "content-length": String(body.length) }) },
      agent: dialer,
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

function exchange(outgoing: http.ClientRequest, request: Request): Attempt {
  let connected = false;
  let broken = false;
  outgoing.once("socket", (socket) => {
    if (outgoing.reusedSocket) connected = true;
    else socket.once("encrypted" in socket ? "secureConnect" : "connect", () => (connected = true));
  });
  const answer = new Promise<Response>((resolve, reject) => {
    const fail = (cause: Error) => {
      broken = isCut(cause);
      reject(explain(cause, { connected, request, host: String(outgoing.getHeader("host")) }));
    };
    outgoing.once("response", (incoming) => resolve(responseOf(incoming, request)));
    outgoing.on("error", fail);
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

async function* reading(incoming: http.IncomingMessage, { method }: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* incoming;
  } catch (cause) {
    throw new RegistryError("LOST", `the answer to the ${method} broke off`, { cause });
  }
}

function joined(headers: NodeJS.Dict<string[]>): Headers {
  const entries = Object.entries(headers).map(([name, values]) => [name, values?.join(", ") ?? ""]);
  return Object.fromEntries(entries);
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function isCut(cause: Error): boolean {
  return "code" in cause && (cause.code === "ECONNRESET" || cause.code === "EPIPE");
}
