import { describe, expect, it } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { granting, tokenRegistry } from "../../../test/support/token-registry.ts";
import type { Request } from "../../wire/transport.ts";
import { connection } from "../connection/connection.ts";

const get = (path: string, method = "GET"): Request => ({ method, path, headers: {} });

describe("authorized() with a token server that misbehaves", () => {
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
    [
      "a token in an answer without end",
      { status: 200, json: { token: "t", padding: "a".repeat(1_000_000) } },
      "ANSWER_INVALID",
    ],
    ["a breakdown", { status: 500 }, "UNREACHABLE"],
    ["too many requests", { status: 429 }, "TOOMANYREQUESTS"],
  ])("refuses %s from the token server", async (_, answer, code) => {
    const { log, asking } = await tokenRegistry({ grant: () => answer });
    await expect(asking()(get("/v2/a/tags/list"))).rejects.toMatchObject({ code });
    expect(log).toHaveLength(2);
  });

  it("says of a redirect whose fault it is, since no login mends it", async () => {
    const { asking } = await tokenRegistry({ grant: () => ({ status: 307, location: "http://127.0.0.1:1/" }) });
    await expect(asking()(get("/v2/a/tags/list"))).rejects.toMatchObject({
      next: expect.stringContaining("the registry's configuration is at fault"),
    });
  });

  it.each([
    [429, "TOOMANYREQUESTS"],
    [503, "UNREACHABLE"],
    [500, "UNREACHABLE"],
  ])("says how long a token server that answers %d asks to wait", async (status, code) => {
    const origin = await serving(({ url, headers }, response) => {
      if (url?.startsWith("/token")) return void response.writeHead(status, { "retry-after": "900" }).end();
      const realm = `http://${headers.host}/token`;
      response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="r"` }).end();
    });
    await expect(connection(origin)(get("/v2/a/tags/list"))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`^the token server 127.0.0.1:\\d+ answered ${status} `)),
      retryAfter: 900,
      next: expect.stringContaining(status === 500 ? "try again later" : "15 minutes"),
    });
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
    const { log, asking, origin } = await tokenRegistry();
    const elsewhere = new URL("https://registry.example");
    const sending = asking({ origin: elsewhere })(get("/v2/a/tags/list"));
    await expect(sending).rejects.toMatchObject({ code: "UNAUTHORIZED", next: expect.stringContaining(origin.host) });
    expect(log).toEqual(["GET /v2/ bare"]); // the token server, which is at the same place, was asked nothing
    const opened = asking({ origin: elsewhere, allowedRealms: ["127.0.0.1"] })(get("/v2/a/tags/list"));
    expect((await opened).status).toBe(200);
  });
});
