import type { IncomingMessage, ServerResponse } from "node:http";
import { type AuthorizedOptions, authorized } from "../../src/http/auth/authorized.ts";
import { nodeTransport } from "../../src/http/connection/node-transport.ts";
import type { Credentials } from "../../src/http/credentials/credentials.ts";
import type { Transport } from "../../src/wire/transport.ts";
import { serving } from "./servers.ts";

export const alice: Extract<Credentials, { kind: "password" }> = {
  kind: "password",
  username: "alice",
  password: "secret",
};
export const aliceHeader: string = `Basic ${Buffer.from("alice:secret").toString("base64")}`;

export interface Grant {
  readonly status: number;
  readonly json?: unknown;
  readonly location?: string;
}

export interface TokenServer {
  /** Answers a request for these scopes. */
  readonly grant?: (scopes: string[], request: IncomingMessage, body: string) => Grant;
  /** True where a token is good for a request. */
  readonly accept?: (token: string, request: IncomingMessage) => boolean;
  /** The scope that a 401 asks for. */
  readonly scopeOf?: (request: IncomingMessage) => string;
}

export const granting = (scopes: string[]): Grant => ({ status: 200, json: { token: `for-${scopes.join("+")}` } });

export interface TokenRegistry {
  readonly origin: URL;
  /** All that was asked of registry and token server. */
  readonly log: readonly string[];
  asking(options?: Partial<AuthorizedOptions>): Transport;
}

/** A registry and its token server in one place. */
export async function tokenRegistry({
  grant = granting,
  accept = () => true,
  scopeOf = () => "",
}: TokenServer = {}): Promise<TokenRegistry> {
  const log: string[] = [];
  const origin: URL = await serving((request, response) => {
    const answer = request.url?.startsWith("/token") ? answerToken : answerRegistry;
    void answer(request, response);
  });

  async function answerToken(request: IncomingMessage, response: ServerResponse) {
    const body = Buffer.concat(await request.toArray()).toString();
    const { searchParams } = new URL(request.url ?? "/", origin);
    const form = new URLSearchParams(body);
    const scopes = request.method === "POST" ? (form.get("scope") ?? "").split(" ") : searchParams.getAll("scope");
    log.push(`${request.method} token ${scopes.join(" ")}`.trim());
    const { status, json = {}, location } = grant(scopes, request, body);
    response.writeHead(status, location === undefined ? {} : { location }).end(JSON.stringify(json));
  }

  async function answerRegistry(request: IncomingMessage, response: ServerResponse) {
    const token = /^Bearer (.*)/.exec(request.headers.authorization ?? "")?.[1];
    log.push(`${request.method} ${request.url}${token === undefined ? " bare" : ""}`);
    if (token !== undefined && accept(token, request)) return void response.end("fine");
    const header = `Bearer realm="${origin.href}token",service="registry",scope="${scopeOf(request)}"`;
    response.writeHead(401, { "www-authenticate": header }).end("{}");
  }

  const asking = (options: Partial<AuthorizedOptions> = {}) =>
    authorized(nodeTransport(origin), {
      origin,
      dial: (place) => nodeTransport(place),
      credentials: async () => alice,
      ...options,
    });
  return { origin, log, asking };
}
