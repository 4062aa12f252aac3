import { describe, expect, it } from "vitest";
import { closed, serving, speaking } from "../../../test/support/servers.ts";
import { parseRepositoryName, parseTag } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { readBody } from "../../wire/body.ts";
import { httpRegistry } from "../client/client.ts";
import { connection } from "./connection.ts";
import type { Exchange } from "./observed.ts";

const get = (path = "/v2/a/tags/list") => ({ method: "GET", path, headers: {} });
const alice = async () => ({ kind: "password", username: "alice", password: "SECRETPASSWORD" }) as const;

/** A registry whose tokens and blobs come from another server, with a secret wherever one may be. */
async function world() {
  const other = await serving((request, response) => {
    response.setHeader("set-cookie", "s=SECRETCOOKIE");
    if (request.url?.startsWith("/token")) return void response.end('{"token":"SECRETTOKEN"}');
    response.end("blob");
  });
  const origin = await serving((request, response) => {
    if (request.headers.authorization !== "Bearer SECRETTOKEN") {
      const challenge = `Bearer realm="${other.href}token",service="r"`;
      return void response.writeHead(401, { "www-authenticate": challenge }).end();
    }
    response.writeHead(307, { location: `${other.href}store/blob?X-Amz-Signature=SECRETSIGNATURE&n=1` }).end();
  });
  return { origin, other };
}

describe("connection()", () => {
  it("tells of every request that is sent, in order, and of no secret", async () => {
    const { origin, other } = await world();
    const seen: Exchange[] = [];
    const send = connection(origin, { credentials: alice, observe: (exchange) => seen.push(exchange) });
    const answer = await send({ ...get(), headers: { accept: "text/plain", "x-secret": "SECRETHEADER" } });
    expect(Buffer.from(await readBody(answer, 100)).toString()).toBe("blob");
    expect(
      seen.map(({ method, url, answer }) => [method, url, "status" in answer ? answer.status : answer.error]),
    ).toEqual([
      ["GET", `${origin.href}v2/`, 401],
      [
        "GET",
        `${other.href}token?service=r&scope=repository:a:pull,push,delete&client_id=tagwise&account=<redacted>`,
        200,
      ],
      ["GET", `${origin.href}v2/a/tags/list`, 307],
      ["GET", `${other.href}store/blob?X-Amz-Signature=<redacted>&n=1`, 200],
    ]);
    expect(JSON.stringify(seen)).not.toContain("SECRET");
    expect(seen[2]?.headers).toEqual({ accept: "text/plain", authorization: "Bearer <redacted>" });
    expect(seen.every(({ milliseconds }) => milliseconds >= 0)).toBe(true);
  });

  it("tells of a request that got no answer, and of sizes", async () => {
    const seen: Exchange[] = [];
    const observe = (exchange: Exchange) => void seen.push(exchange);
    await expect(connection(await closed(), { observe })(get())).rejects.toMatchObject({ code: "UNREACHABLE" });
    const origin = await serving((request, response) => request.resume().on("end", () => response.end("12345")));
    await connection(origin, { observe })({ ...get(), method: "PUT", body: new Uint8Array(7) });
    expect(seen[0]?.answer).toMatchObject({ error: { code: "UNREACHABLE" } });
    expect(seen.at(-1)).toMatchObject({ size: 7, answer: { status: 200, size: 5 } });
  });

  it("shows nothing that would steer a terminal", async () => {
    const seen: Exchange[] = [];
    const answer = "HTTP/1.1 200 OK\r\nServer: \u009b31m\u001b[2Jx\r\nContent-Length: 0\r\n\r\n";
    const origin = await speaking((socket) => socket.end(Buffer.from(answer, "latin1")));
    await connection(origin, { observe: (exchange) => seen.push(exchange) })(get()).catch(() => {});
    expect(seen.length).toBeGreaterThan(0);
    expect(JSON.stringify(seen)).not.toMatch(/[\u001b\u0080-\u009f]/);
  });

  it("lets no more requests wait at once than it was told", async () => {
    let running = 0;
    let most = 0;
    const origin = await serving((_, response) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        response.end();
      }, 10);
    });
    const send = connection(origin, { concurrency: 3 });
    await Promise.all(Array.from({ length: 30 }, async () => readBody(await send(get()), 10)));
    expect(most).toBe(3);
  });

  it("counts tokens and redirects into the rate", async () => {
    const { origin } = await world();
    const began = performance.now();
    await connection(origin, { rate: 20, credentials: alice })(get());
    expect(performance.now() - began).toBeGreaterThanOrEqual(140); // four requests, three waits of 50 ms
  });

  it("reads its credentials only where a registry asks", async () => {
    const origin = await serving((_, response) => response.end());
    const credentials = () => Promise.reject(new Error("a broken file"));
    expect((await connection(origin, { credentials })(get())).status).toBe(200);
  });
});

describe("a registry over connection()", () => {
  const repository = parseRepositoryName("team/app");
  const tag = parseTag("latest");
  const page = "<!doctype html><title>Welcome</title>";
  it.each([
    [
      "HTML with status 200",
      `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\n\r\n${page}`,
      "ANSWER_INVALID",
    ],
    ["half an answer", 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"tags":["a"', "LOST"],
    [
      "HTML with status 502",
      `HTTP/1.1 502 Bad Gateway\r\nContent-Length: ${page.length}\r\n\r\n${page}`,
      "UNAVAILABLE",
    ],
    ["no HTTP", "SSH-2.0-OpenSSH_9.9\r\n", "ANSWER_INVALID"],
    ["a header without end", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(200_000)}`, "ANSWER_INVALID"],
    ["nothing", "", "LOST"],
  ])("says in one error that it got %s", async (_, bytes, code) => {
    const origin = await speaking((socket, text) => {
      socket.end(
        text.startsWith("GET /v2/ ") ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" : bytes,
      );
    });
    const registry = httpRegistry(connection(origin));
    await expect(registry.listTags(repository)).rejects.toMatchObject({ code });
  });

  it.each([
    ["a manifest", (registry: Registry) => registry.getManifest(repository, tag)],
    ["a list of tags", (registry: Registry) => registry.listTags(repository)],
    ["a catalog", (registry: Registry) => registry.listRepositories()],
  ])("reads no gigabyte of JSON for %s", async (_, ask) => {
    let sent = 0;
    const origin = await serving((request, response) => {
      if (request.url === "/v2/") return void response.end();
      const more = () => {
        while (!response.destroyed && sent < 1_000_000_000) {
          sent += 65_536;
          if (!response.write(" ".repeat(65_536))) return void response.once("drain", more);
        }
      };
      more();
    });
    const registry = httpRegistry(connection(origin));
    await expect(ask(registry)).rejects.toMatchObject({ code: "ANSWER_INVALID" });
    expect(sent).toBeLessThan(100_000_000);
  });
});
