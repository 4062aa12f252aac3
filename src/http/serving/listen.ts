import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { RegistryError } from "../../registry/errors.ts";
import type { Headers, Response, Transport } from "../../wire/transport.ts";
import { passwordProtected } from "./passwords.ts";

/** Where and how a transport is served. */
export interface ListenOptions {
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** Any free port by default. */
  readonly port?: number;
  /** Certificate and key, in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The text of an htpasswd file; anybody who is not in it gets a 401. Without it, no password is asked for. */
  readonly htpasswd?: string;
  /** Milliseconds without a byte after which a connection is cut; five minutes by default. */
  readonly idle?: number;
}

/** A server that is listening. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests and resolves when those under way have ended. */
  close(): Promise<void>;
}

/** In bytes. Where more than this of a request's body is unread, the connection is closed instead of reading it. */
const longRest = 64 * 1024;
/** For how long such a body is still taken in, in milliseconds. */
const longestRest = 5_000;

/** Serves a transport on a socket; bodies stream in both directions, no faster than they are taken. */
export async function listen(transport: Transport, options: ListenOptions = {}): Promise<Listening> {
  const { host = "127.0.0.1", port = 0, tls, htpasswd, idle = 300_000 } = options;
  const guarded = htpasswd === undefined ? transport : passwordProtected(transport, htpasswd);
  // an upload may last as long as it likes, a head may not
  const settings = { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 75_000, maxHeaderSize: 32 * 1024 };
  const server = tls === undefined ? http.createServer(settings) : https.createServer({ ...settings, ...tls });
  server.setTimeout(idle);
  let isClosing = false;
  const inTurn = turns();
  server.on("request", (incoming, outgoing) => {
    // a connection that is kept open would keep the server open too
    outgoing.once("close", () => setImmediate(() => isClosing && server.closeIdleConnections()));
    inTurn(incoming.socket, () => serve(guarded, incoming, outgoing));
  });
  server.listen(port, host);
  await once(server, "listening");
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `${tls === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    port: bound,
    async close() {
      isClosing = true;
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

/** Lets the requests of a connection work one after the other: who sends the next before the answer counts on it. */
function turns(): (socket: Socket, work: () => Promise<void>) => void {
  const latest = new WeakMap<Socket, Promise<void>>();
  return (socket, work) => {
    const before = latest.get(socket) ?? Promise.resolve();
    latest.set(
      socket,
      before.then(() => (socket.destroyed ? undefined : work())),
    );
  };
}

async function serve(
  transport: Transport,
  incoming: http.IncomingMessage,
  outgoing: http.ServerResponse,
): Promise<void> {
  incoming.on("error", () => {}); // told to whoever reads the body
  outgoing.on("error", () => {}); // the client is gone, and nobody is left to tell
  try {
    const { method = "GET", url = "/" } = incoming;
    const answer = await transport({ method, path: url, headers: joined(incoming), body: bodyOf(incoming) });
    await send(answer, incoming, outgoing);
  } catch {
    outgoing.destroy(); // the head is out: a cut answer is all that can still tell the client
  }
}

/** What a client sends; where only the beginning is read, the connection stays for the answer. */
async function* bodyOf(incoming: http.IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* incoming.iterator({ destroyOnReturn: false });
  } catch (cause) {
    throw new RegistryError("SIZE_INVALID", "the client broke off in the middle of its request", { cause });
  }
}

async function send(answer: Response, incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> {
  const isUnread = !incoming.complete && longestBody(incoming) > longRest;
  outgoing.writeHead(answer.status, { ...answer.headers, ...(isUnread && { connection: "close" }) });
  for await (const chunk of answer.body) {
    if (outgoing.destroyed) return; // leaving the loop closes the body
    if (!outgoing.write(chunk)) await drained(outgoing);
  }
  if (isUnread) {
    outgoing.flushHeaders();
    await takenIn(incoming);
  }
  outgoing.end();
}

/** In bytes; a body without a length may have any. */
function longestBody({ headers }: http.IncomingMessage): number {
  const fallback = headers["transfer-encoding"] === undefined ? 0 : Number.POSITIVE_INFINITY;
  return Number(headers["content-length"] ?? fallback);
}

/** Lets a client send on for a while: a socket that is closed over unread bytes takes the answer along. */
function takenIn(incoming: http.IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (incoming.complete || incoming.destroyed) return resolve();
    const timer = setTimeout(resolve, longestRest);
    incoming.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    incoming.resume();
  });
}

/** Resolves when more can be written, or when there is nobody left to write to. */
function drained(outgoing: http.ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done).off("close", done);
      resolve();
    };
    outgoing.once("drain", done).once("close", done);
  });
}

function joined({ headersDistinct }: http.IncomingMessage): Headers {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, values?.join(", ") ?? ""]));
}
