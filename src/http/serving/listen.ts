import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
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

/** Serves a transport on a socket; bodies stream in both directions, no faster than they are taken. */
export async function listen(transport: Transport, options: ListenOptions = {}): Promise<Listening> {
  const { host = "127.0.0.1", port = 0, tls, htpasswd, idle = 300_000 } = options;
  const guarded = htpasswd === undefined ? transport : passwordProtected(transport, htpasswd);
  // an upload may last as long as it likes, a head may not
  const settings = { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 75_000, maxHeaderSize: 32 * 1024 };
  const server = tls === undefined ? http.createServer(settings) : https.createServer({ ...settings, ...tls });
  server.setTimeout(idle);
  let isClosing = false;
  server.on("request", (incoming, outgoing) => {
    // a connection that is kept open would keep the server open too
    outgoing.once("close", () => setImmediate(() => isClosing && server.closeIdleConnections()));
    void serve(guarded, incoming, outgoing);
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

async function serve(
  transport: Transport,
  incoming: http.IncomingMessage,
  outgoing: http.ServerResponse,
): Promise<void> {
  incoming.on("error", () => {}); // told to whoever reads the body
  outgoing.on("error", () => {}); // the client is gone, and nobody is left to tell
  try {
    const { method = "GET", url = "/" } = incoming;
    const answer = await transport({ method, path: url, headers: joined(incoming), body: incoming });
    await send(answer, incoming, outgoing);
  } catch {
    outgoing.destroy(); // the head is out: a cut answer is all that can still tell the client
  }
}

async function send(answer: Response, incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> {
  const isUnread = !incoming.complete && !(Number(incoming.headers["content-length"] ?? 0) <= longRest);
  outgoing.writeHead(answer.status, { ...answer.headers, ...(isUnread && { connection: "close" }) });
  for await (const chunk of answer.body) {
    if (outgoing.destroyed) return; // leaving the loop closes the body
    if (!outgoing.write(chunk)) await drained(outgoing);
  }
  outgoing.end();
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
