import { describe, expect, it } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { aliceHeader, granting, tokenRegistry } from "../../../test/support/token-registry.ts";
import { parseRepositoryName } from "../../registry/names.ts";
import { parseFailure } from "../../wire/failure.ts";
import type { Request } from "../../wire/transport.ts";
import { httpRegistry } from "../client/client.ts";
import { connection } from "../connection/connection.ts";

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
    [{ expires_in: "300" }, 294_000, 296_000],
    [{ expires_in: "soon" }, 53_000, 56_000],
    [{ expires_in: { seconds: 300 } }, 53_000, 56_000],
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

  it("asks for nothing more where the fresh token had the scope that the 401 names", async () => {
    const { log, asking } = await tokenRegistry({
      accept: () => false,
      scopeOf: () => "repository:a:pull,push,delete",
    });
    expect((await asking()(get("/v2/a/tags/list"))).status).toBe(401);
    expect(log).toEqual(["GET /v2/ bare", "GET token repository:a:pull,push,delete", "GET /v2/a/tags/list"]);
  });

  it.each([
    ["GET", "pull"],
    ["PUT", "pull,push"],
    ["DELETE", "delete"],
  ])("asks for what a %s needs alone where all is refused and the challenge names nothing", async (method, actions) => {
    const narrow = `repository:a:${actions}`;
    const { log, asking } = await tokenRegistry({
      grant: (scopes) => (scopes[0] === narrow ? granting(scopes) : { status: 400 }),
    });
    expect((await asking()(get("/v2/a/manifests/x", method))).status).toBe(200);
    expect(log).toContain(`GET token ${narrow}`);
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

  it.each([
    ["no scope", () => ""],
    ["a scope that is refused too", () => "repository:user/image:pull"],
  ])(
    "gives the greeting's 401 back, with why, where there is no token without a scope and the challenge names %s",
    async (_, scopeOf) => {
      const refused = { status: 403, json: { errors: [{ code: "DENIED", message: "no scope" }] } };
      const { asking } = await tokenRegistry({
        grant: (scopes) => (scopes[0]?.startsWith("repository:a:") ? granting(scopes) : refused),
        scopeOf,
      });
      const send = asking();
      const answer = await send(get("/v2/"));
      expect(answer.headers["www-authenticate"]).toContain("/token");
      expect(await parseFailure(answer, { absent: "UNSUPPORTED" })).toMatchObject({
        code: "UNAUTHORIZED",
        message: expect.stringMatching(/the token server .* refused: no scope/),
      });
      expect((await send(get("/v2/a/tags/list"))).status).toBe(200);
    },
  );

  it("greets with a token without a scope where there is one", async () => {
    const { log, asking } = await tokenRegistry();
    expect((await asking()(get("/v2/"))).status).toBe(200);
    expect(log).toEqual(["GET /v2/ bare", "GET token", "GET /v2/"]);
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
});

describe("what a registry quotes of a secret that it was sent", () => {
  it.each([
    ["a password", { kind: "password", username: "me", password: "correct horse" }, "correct horse"],
    ["the same, encoded", { kind: "password", username: "me", password: "correct horse" }, "bWU6Y29ycmVjdCBob3JzZQ=="],
    ["a registry token", { kind: "registry-token", token: "opaque-and-long" }, "opaque-and-long"],
  ] as const)("is not in an error: %s", async (_, credentials, quoted) => {
    const origin = await serving(({ url, headers }, response) => {
      const isKnown = headers.authorization !== undefined;
      const way = credentials.kind === "password" ? "Basic" : `Bearer realm="http://${headers.host}/token"`;
      response.writeHead(isKnown ? 403 : 401, { "www-authenticate": way });
      response.end(JSON.stringify({ errors: [{ code: "DENIED", message: `${url} is not for ${quoted} to see` }] }));
    });
    const registry = httpRegistry(connection(origin, { credentials: async () => credentials }));
    const error = await registry.listTags(parseRepositoryName("app")).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "DENIED", message: expect.stringContaining("is not for <redacted> to see") });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(quoted);
  });
});
