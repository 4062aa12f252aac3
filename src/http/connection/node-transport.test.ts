import { describe, expect, it } from "vitest";
import { closed, serving, speaking } from "../../../test/support/servers.ts";
import { readBody } from "../../wire/body.ts";
import type { Request } from "../../wire/transport.ts";
import { nodeTransport } from "./node-transport.ts";

const get = (path = "/v2/"): Request => ({ method: "GET", path, headers: {} });
const okay = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async function textOf(transport: ReturnType<typeof nodeTransport>, request: Request): Promise<string> {
  return Buffer.from(await readBody(await transport(request), 1_000_000)).toString();
}

describe("nodeTransport()", () => {
  it("carries method, path, headers and bytes there, and status, headers and bytes back", async () => {
    const origin = await serving(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      response.setHeader("x-twice", ["a", "b"]);
      response.writeHead(201).end(`${request.method} ${request.url} ${request.headers["x-mine"]} ${body}`);
    });
    const body = new TextEncoder().encode("hello");
    const answer = await nodeTransport(origin)({ method: "PUT", path: "/v2/a?b=c", headers: { "x-mine": "1" }, body });
    expect(answer.status).toBe(201);
    expect(answer.headers["x-twice"]).toBe("a, b");
    expect(Buffer.from(await readBody(answer, 1000)).toString()).toBe("PUT /v2/a?b=c 1 hello");
  });

  it("keeps connections open between requests", async () => {
    const ports = new Set<number | undefined>();
    const origin = await serving((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const transport = nodeTransport(origin);
    for (let n = 0; n < 5; n++) await textOf(transport, get());
    expect(ports.size).toBe(1);
  });

  it("takes a streamed body no faster than the server reads it", async () => {
    let taken = 0;
    let release = () => {};
    const origin = await serving((request, response) => {
      release = () => request.resume().on("end", () => response.end(String(taken)));
    });
    async function* body() {
      for (; taken < 400; taken++) yield new Uint8Array(64 * 1024);
    }
    const answer = textOf(nodeTransport(origin), { method: "PATCH", path: "/", headers: {}, body: body() });
    let before = -1;
    while (before !== taken || taken === 0) {
      before = taken;
      await new Promise((resolve) => setTimeout(resolve, 100)); // until nothing moves any more
    }
    expect(taken).toBeLessThan(400);
    release();
    expect(await answer).toBe("400");
  });

  it("throws what a body throws, and closes a body that nobody takes any more", async () => {
    const origin = await serving((_, response) => response.writeHead(413).end());
    async function* failing() {
      yield new Uint8Array(1);
      throw new Error("disk gone");
    }
    const hanging = await serving((request) => request.resume());
    const request = { method: "PATCH", path: "/", headers: {} };
    await expect(nodeTransport(hanging)({ ...request, body: failing() })).rejects.toThrow("disk gone");
    const ended = new Promise<void>((resolve) => {
      async function* endless() {
        try {
          for (;;) yield new Uint8Array(64 * 1024);
        } finally {
          resolve();
        }
      }
      void nodeTransport(origin)({ ...request, body: endless() }).catch(() => {});
    });
    await ended;
  });

  it("says UNREACHABLE where nobody listens", async () => {
    const { host } = await closed();
    await expect(nodeTransport(new URL(`http://${host}`))(get())).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: `cannot connect to ${host}: nothing listens there`,
    });
  });

  it("says LOST where the connection ends before the answer", async () => {
    const origin = await speaking((socket) => socket.destroy());
    await expect(nodeTransport(origin)(get())).rejects.toMatchObject({ code: "LOST" });
  });

  it.each(["GET", "HEAD", "DELETE"])("says LOST of a %s that is answered by another protocol", async (method) => {
    const origin = await speaking((socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"),
    );
    await expect(nodeTransport(origin)({ ...get(), method })).rejects.toMatchObject({ code: "LOST" });
  });

  const halves = [
    ["content-length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
  ] as const;
  it.each(halves)("throws LOST from a body that is cut in the middle, told by %s", async (_, half) => {
    const origin = await speaking((socket) => socket.end(half));
    const answer = await nodeTransport(origin)(get());
    await new Promise((resolve) => setImmediate(resolve));
    await expect(readBody(answer, 1000)).rejects.toMatchObject({ code: "LOST" });
  });

  it.each(["GET", "HEAD"])("repeats a %s once where a kept-open connection was dead", async (method) => {
    const seen: number[] = [];
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    const origin = await speaking((socket, _, connection) => {
      if (seen.includes(connection)) socket.destroy();
      else socket.write(head);
      seen.push(connection);
    });
    const transport = nodeTransport(origin);
    await textOf(transport, { ...get(), method });
    await textOf(transport, { ...get(), method });
    expect(seen).toEqual([1, 1, 2]);
  });

  it.each(["DELETE", "PUT", "POST", "PATCH"])("never repeats a %s", async (method) => {
    const seen: string[] = [];
    const origin = await speaking((socket, text) => {
      seen.push(text.slice(0, text.indexOf(" ")));
      if (seen.length > 1) socket.destroy();
      else socket.write(okay);
    });
    const transport = nodeTransport(origin);
    await textOf(transport, get());
    await expect(transport({ ...get(), method })).rejects.toMatchObject({ code: "LOST" });
    expect(seen).toEqual(["GET", method]);
  });

  it("refuses headers without end, and what is not HTTP", async () => {
    const long = await speaking((socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}\r\n\r\n`));
    await expect(nodeTransport(long)(get())).rejects.toMatchObject({ code: "ANSWER_INVALID" });
    const noise = await speaking((socket) => socket.end("\u0015\u0003\u0003 noise\r\n\r\n"));
    await expect(nodeTransport(noise)(get())).rejects.toMatchObject({
      code: "ANSWER_INVALID",
      next: expect.any(String),
    });
  });

  it("is cut off by a signal, and says why", async () => {
    const cut = new AbortController();
    const origin = await serving(() => cut.abort(new Error("no answer in time")));
    const answer = nodeTransport(origin)({ ...get(), signal: cut.signal });
    await expect(answer).rejects.toMatchObject({ code: "LOST", message: expect.stringContaining("no answer in time") });
  });
});
