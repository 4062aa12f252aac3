import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { serving } from "../../../test/servers.ts";
import { readBody } from "../../wire/body.ts";
import type { Request } from "../../wire/transport.ts";
import type { Credentials } from "../credentials/credentials.ts";
import { nodeTransport } from "../node-transport.ts";
import { type AuthorizedOptions, authorized } from "./authorized.ts";

const alice: Credentials = { kind: "password", username: "alice", password: "secret" };
const aliceHeader = `Basic ${Buffer.from("alice:secret").toString("base64")}`;

interface Grant {
  readonly status: number;
  readonly json?: unknown;
  readonly location?: string;
}

interface TokenServer {
  /** Answers a request for these scopes. */
  readonly grant?: (scopes: string[], request: IncomingMessage, body: string) => Grant;
  /** True where a token is good for a request. */
  readonly accept?: (token: string, request: IncomingMessage) => boolean;
  /** The scope that a 401 asks for. */
  readonly scopeOf?: (request: IncomingMessage) => string;
}

const granting = (scopes: string[]): Grant => ({ status: 200, json: { token: `for-${scopes.join("+")}` } });

/** A registry and its token server in one place, with all that was asked of either. */
async function tokenRegistry({ grant = granting, accept = () => true, scopeOf = () => "" }: TokenServer = {}) {
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

const get = (path: string, method = "GET"): Request => ({ method, path, headers: {} });
const digest = `sha256:${"a".repeat(64)}`;

describe("authorized() with tokens", () => {
  it("asks once for everything in a repository, and makes no request twice", async () => {
    const { log, asking } = await tokenRegistry();
    const send = asking();
    for (const request of [
      get("/v2/a/b/tags/list"),
      get("/v2/a/b/manifests/x", "HEAD"),
      get("/v2/a/b/manifests/x", "DELETE"),
    ]) {
      expect((await send(request)).status).toBe(200);
    }
    expect(log).toEqual([
      "GET /v2/ bare",
      "GET token repository:a/b:pull,push,delete",
      "GET /v2/a/b/tags/list",
      "HEAD /v2/a/b/manifests/x",
      "DELETE /v2/a/b/manifests/x",
    ]);
  });

  it.each([
    ["/v2/_catalog?n=5", "GET", "registry:catalog:*"],
    ["/v2/a/blobs/uploads/", "POST", "repository:a:pull,push,delete"],
    [`/v2/a/blobs/uploads/?mount=${digest}&from=b`, "POST", "repository:a:pull,push,delete repository:b:pull"],
    ["/v2/a/blobs/upload/own-words?x=y", "PATCH", "repository:a:pull,push,delete"],
  ])("asks for what %s by %s needs", async (path, method, scopes) => {
    const { log, asking } = await tokenRegistry();
    await asking()(get(path, method));
    expect(log).toContain(`GET token ${scopes}`);
  });

  it("sends user and password to the token server alone", async () => {
    let seen: string | undefined;
    const { asking } = await tokenRegistry({
      grant: (scopes, { headers, url }) => {
        seen = `${headers.authorization} ${new URL(url ?? "", "http://x").searchParams.get("account")}`;
        return granting(scopes);
      },
    });
    await asking()(get("/v2/a/tags/list"));
    expect(seen).toBe(`${aliceHeader} alice`);
  });

  it("asks one token for many requests at once", async () => {
    const { log, asking } = await tokenRegistry();
    const send = asking();
    await Promise.all(Array.from({ length: 20 }, () => send(get("/v2/a/tags/list"))));
    expect(log.filter((line) => line.includes("token"))).toHaveLength(1);
    expect(log.filter((line) => line.includes("bare"))).toHaveLength(1);
  });

  it.each([
    [{}, 53_000, 56_000],
    [{ expires_in: 300 }, 294_000, 296_000],
    [{ expires_in: 10 }, 8000, 9500],
  ])("keeps a token that says %j until shortly before it runs out", async (says, good, over) => {
    const clock = { now: 1000 };
    const { log, asking } = await tokenRegistry({
      grant: () => ({ status: 200, json: { access_token: "t", ...says } }),
    });
    const send = asking({ now: () => clock.now });
    const tokens = () => log.filter((line) => line.includes("token")).length;
    await send(get("/v2/a/tags/list"));
    clock.now += good;
    await send(get("/v2/a/tags/list"));
    expect(tokens()).toBe(1);
    clock.now += over - good;
    await send(get("/v2/a/tags/list"));
    expect(tokens()).toBe(2);
  });

  it("asks anew where a held token is refused, once however many requests meet it", async () => {
    let good = "t1";
    let made = 0;
    const { log, asking } = await tokenRegistry({
      grant: () => ({ status: 200, json: { token: `t${++made}` } }),
      accept: (token) => token === good,
    });
    const send = asking();
    await send(get("/v2/a/tags/list"));
    good = "t2";
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(get("/v2/a/tags/list"))));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(log.filter((line) => line.includes("token"))).toHaveLength(2);
  });

  it("takes a 401 on a fresh token for a denial, not for a reason to go on asking", async () => {
    const { log, asking } = await tokenRegistry({ accept: () => false, scopeOf: () => "repository:a:delete" });
    const answer = await asking()(get("/v2/a/manifests/x", "DELETE"));
    expect(answer.status).toBe(401);
    expect(log).toEqual([
      "GET /v2/ bare",
      "GET token repository:a:pull,push,delete",
      "DELETE /v2/a/manifests/x",
      "GET token repository:a:delete",
      "DELETE /v2/a/manifests/x",
    ]);
  });

  it("falls back to the challenge's own scope where the token server refuses the combination", async () => {
    const { log, asking } = await tokenRegistry({
      grant: (scopes) => (scopes[0] === "repository:a:*" ? granting(scopes) : { status: 400 }),
      scopeOf: ({ url }) => (url === "/v2/" ? "" : "repository:a:*"),
    });
    const send = asking();
    expect((await send(get("/v2/a/manifests/x", "DELETE"))).status).toBe(200);
    expect((await send(get("/v2/a/manifests/y", "DELETE"))).status).toBe(200);
    expect(log).toEqual([
      "GET /v2/ bare",
      "GET token repository:a:pull,push,delete",
      "DELETE /v2/a/manifests/x bare",
      "GET token repository:a:*",
      "DELETE /v2/a/manifests/x",
      "DELETE /v2/a/manifests/y",
    ]);
  });

  it("falls back to it where the token server grants less", async () => {
    const { asking } = await tokenRegistry({
      accept: (token) => token === "for-repository:a:pull",
      scopeOf: () => "repository:a:pull",
    });
    expect((await asking()(get("/v2/a/tags/list"))).status).toBe(200);
  });

  it("sends a streamed body once, with a token from the start", async () => {
    const { log, asking } = await tokenRegistry({
      grant: (scopes) => (scopes[0] === "repository:a:pull,push" ? granting(scopes) : { status: 403 }),
    });
    async function* body() {
      yield new TextEncoder().encode("layer");
    }
    const answer = await asking()({ method: "PATCH", path: "/v2/a/blobs/uploads/1", headers: {}, body: body() });
    expect(answer.status).toBe(200);
    expect(log.filter((line) => line.startsWith("PATCH"))).toHaveLength(1);
  });

  it("says that the token server refused, and what to do", async () => {
    const { asking } = await tokenRegistry({
      grant: () => ({ status: 401, json: { errors: [{ code: "UNAUTHORIZED", message: "bad password" }] } }),
    });
    await expect(asking()(get("/v2/a/tags/list"))).rejects.toMatchObject({
      code: "UNAUTHORIZED",
      message: expect.stringContaining("bad password"),
      next: expect.stringContaining("tagwise login"),
    });
  });

  it.each([
    ["a redirect", { status: 307, location: "http://127.0.0.1:1/" }, "UNAUTHORIZED"],
    ["no token", { status: 200, json: {} }, "ANSWER_INVALID"],
    ["an empty token", { status: 200, json: { token: "" } }, "ANSWER_INVALID"],
    ["a token that breaks the header", { status: 200, json: { token: "a\r\nx: y" } }, "ANSWER_INVALID"],
    ["a token without end", { status: 200, json: { token: "a".repeat(1_000_000) } }, "ANSWER_INVALID"],
    ["a breakdown", { status: 500 }, "UNREACHABLE"],
    ["too many requests", { status: 429 }, "TOOMANYREQUESTS"],
  ])("refuses %s from the token server", async (_, answer, code) => {
    const { log, asking } = await tokenRegistry({ grant: () => answer });
    await expect(asking()(get("/v2/a/tags/list"))).rejects.toMatchObject({ code });
    expect(log).toHaveLength(2);
  });

  it("never quotes a token in an error", async () => {
    const { asking } = await tokenRegistry({ grant: () => ({ status: 200, json: { token: "SECRET\n" } }) });
    const error: unknown = await asking()(get("/v2/a/tags/list")).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("SECRET");
  });

  it("sends a registry token as it is", async () => {
    const { log, asking } = await tokenRegistry({ accept: (token) => token === "raw" });
    const send = asking({ credentials: async () => ({ kind: "registry-token", token: "raw" }) });
    expect((await send(get("/v2/a/tags/list"))).status).toBe(200);
    expect(log).toEqual(["GET /v2/ bare", "GET /v2/a/tags/list"]);
  });

  it("changes an identity token for a token by OAuth2", async () => {
    let form: unknown;
    const { asking } = await tokenRegistry({
      grant: (scopes, _, body) => {
        form = Object.fromEntries(new URLSearchParams(body));
        return { status: 200, json: { access_token: scopes.join() } };
      },
    });
    const send = asking({ credentials: async () => ({ kind: "identity-token", token: "idt" }) });
    expect((await send(get("/v2/a/tags/list"))).status).toBe(200);
    expect(form).toEqual({
      grant_type: "refresh_token",
      client_id: "tagwise",
      refresh_token: "idt",
      service: "registry",
      scope: "repository:a:pull,push,delete",
    });
  });

  it.each([401, 404, 405])("uses it as a password where OAuth2 is answered %d", async (status) => {
    const seen: (string | undefined)[] = [];
    const { asking } = await tokenRegistry({
      grant: (scopes, { method, headers }) => {
        seen.push(headers.authorization);
        return method === "POST" ? { status } : granting(scopes);
      },
    });
    const send = asking({ credentials: async () => ({ kind: "identity-token", token: "idt" }) });
    expect((await send(get("/v2/a/tags/list"))).status).toBe(200);
    expect(seen).toEqual([undefined, `Basic ${Buffer.from("<token>:idt").toString("base64")}`]);
  });

  it("sends no credentials to a realm that is refused", async () => {
    const seen: string[] = [];
    const trap = await serving((request, response) => {
      seen.push(request.headers.authorization ?? "");
      response.end("{}");
    });
    const { asking, origin } = await tokenRegistry();
    const elsewhere = new URL("https://registry.example");
    const sending = asking({ origin: elsewhere })(get("/v2/a/tags/list"));
    await expect(sending).rejects.toMatchObject({ code: "UNAUTHORIZED", next: expect.stringContaining(origin.host) });
    const opened = asking({ origin: elsewhere, allowedRealms: ["127.0.0.1"] })(get("/v2/a/tags/list"));
    expect((await opened).status).toBe(200);
    expect(trap.port).not.toBe(origin.port);
    expect(seen).toEqual([]);
  });
});

/** A registry that wants user and password, or whatever its challenges say. */
async function basicRegistry(challenges: string | string[], { open = false } = {}) {
  const log: string[] = [];
  const origin = await serving((request, response) => {
    log.push(`${request.method} ${request.url} ${request.headers.authorization ?? "bare"}`);
    const mayPass =
      request.headers.authorization === aliceHeader || (open && request.headers.authorization === undefined);
    response.writeHead(mayPass ? 200 : 401, { "www-authenticate": challenges }).end("fine");
  });
  const dial = (place: URL) => nodeTransport(place);
  return {
    log,
    asking: (credentials = alice) =>
      authorized(nodeTransport(origin), { origin, dial, credentials: async () => credentials }),
  };
}

describe("authorized() with user and password", () => {
  it("sends them with every request once they were asked for", async () => {
    const { log, asking } = await basicRegistry('Basic realm="r"');
    const send = asking();
    expect((await send(get("/v2/a/tags/list"))).status).toBe(200);
    expect((await send(get("/v2/b/tags/list"))).status).toBe(200);
    expect(log).toEqual(["GET /v2/ bare", `GET /v2/a/tags/list ${aliceHeader}`, `GET /v2/b/tags/list ${aliceHeader}`]);
  });

  it("passes a refusal on, after one try", async () => {
    const { log, asking } = await basicRegistry("Basic");
    const answer = await asking({ ...alice, password: "wrong" })(get("/v2/a/tags/list"));
    expect(answer.status).toBe(401);
    expect(log).toHaveLength(2);
  });

  it.each([
    ["in one header", 'Negotiate, Basic realm="r"'],
    ["in two headers", ["Digest realm=x", 'Basic realm="r"']],
    ["with a Bearer that names no realm", 'Bearer service="x", Basic realm="r"'],
  ])("finds Basic among several challenges %s", async (_, challenges) => {
    const { asking } = await basicRegistry(challenges);
    expect((await asking()(get("/v2/a/tags/list"))).status).toBe(200);
  });

  it("sends them to a registry that lets anybody in and still says how to log in", async () => {
    const { log, asking } = await basicRegistry('Basic realm="zot"', { open: true });
    const send = asking();
    await send(get("/v2/"));
    await send(get("/v2/a/tags/list"));
    expect(log).toEqual(["GET /v2/ bare", `GET /v2/ ${aliceHeader}`, `GET /v2/a/tags/list ${aliceHeader}`]);
  });

  it("asks for nothing where no challenge comes, and learns late where one comes later", async () => {
    const log: string[] = [];
    const origin = await serving((request, response) => {
      log.push(`${request.url} ${request.headers.authorization ?? "bare"}`);
      const isOpen = request.url === "/v2/" || request.headers.authorization === aliceHeader;
      response.writeHead(isOpen ? 200 : 401, isOpen ? {} : { "www-authenticate": "Basic" }).end();
    });
    const send = authorized(nodeTransport(origin), { origin, dial: nodeTransport, credentials: async () => alice });
    expect((await send(get("/v2/a/tags/list"))).status).toBe(200);
    expect((await send(get("/v2/a/tags/list"))).status).toBe(200);
    expect(log).toEqual([
      "/v2/ bare",
      "/v2/a/tags/list bare",
      `/v2/a/tags/list ${aliceHeader}`,
      `/v2/a/tags/list ${aliceHeader}`,
    ]);
  });

  it("learns again after a ping that failed", async () => {
    let broken = true;
    const origin = await serving((request, response) => {
      if (broken) return void response.writeHead(503).end();
      const mayPass = request.headers.authorization === aliceHeader;
      response.writeHead(mayPass ? 200 : 401, { "www-authenticate": "Basic" }).end("fine");
    });
    const send = authorized(nodeTransport(origin), { origin, dial: nodeTransport, credentials: async () => alice });
    expect((await send(get("/v2/a/tags/list"))).status).toBe(503);
    broken = false;
    const answer = await send(get("/v2/a/tags/list"));
    expect(Buffer.from(await readBody(answer, 100)).toString()).toBe("fine");
  });
});
