import { describe, expect, it } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { alice, aliceHeader } from "../../../test/support/token-registry.ts";
import { readBody } from "../../wire/body.ts";
import type { Request } from "../../wire/transport.ts";
import { nodeTransport } from "../connection/node-transport.ts";
import { authorized } from "./authorized.ts";

const get = (path: string, method = "GET"): Request => ({ method, path, headers: {} });

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

  it.each([
    ["https://r.example", ["r.example:443/a"], 200],
    ["https://r.example", ["r.example/a"], 200],
    ["http://r.example", ["r.example:80/a"], 200],
    ["https://r.example", ["r.example:80/a"], 401],
    ["http://r.example", ["r.example:443/a"], 401],
    ["https://r.example:80", ["r.example/a", "r.example:443/a"], 401],
  ])("to %s, where those of %j are kept, a request is answered %d", async (place, kept, status) => {
    const origin = await serving(({ headers }, response) => {
      response.writeHead(headers.authorization === aliceHeader ? 200 : 401, { "www-authenticate": "Basic" }).end();
    });
    const credentials = async (target: string) => (kept.includes(target) ? alice : undefined);
    const send = authorized(nodeTransport(origin), { origin: new URL(place), dial: nodeTransport, credentials });
    expect((await send(get("/v2/a/tags/list"))).status).toBe(status);
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
    ["behind a Negotiate's token", 'Negotiate YII/abc+==, Basic realm="r"'],
    ["behind a parameter that is empty", 'Digest realm=, nonce="x", Basic realm="r"'],
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
