import { once } from "node:events";
import http from "node:http";
import { connect, type Socket } from "node:net";
import bcrypt from "bcryptjs";
import { afterEach, expect, it } from "vitest";
import { bodyOf } from "../../wire/body.ts";
import type { Transport } from "../../wire/transport.ts";
import { type Listening, type ListenOptions, listen } from "./listen.ts";
import { passwordProtected } from "./passwords.ts";

const open: Listening[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serving(transport: Transport, options?: ListenOptions): Promise<Listening> {
  const server = await listen(transport, options);
  open.push(server);
  return server;
}

it("carries method, path, headers and body to the transport and its answer back", async () => {
  const { url } = await serving(async ({ method, path, headers, body }) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body instanceof Uint8Array ? bodyOf(body) : (body ?? [])) chunks.push(chunk);
    const told = JSON.stringify({ method, path, test: headers["x-test"], body: Buffer.concat(chunks).toString() });
    return { status: 202, headers: { "x-answer": "yes" }, body: bodyOf(Buffer.from(told)) };
  });
  const answer = await ask(url, { method: "PUT", path: "/v2/a?b=c", headers: { "x-test": "1" } }, "content");
  expect({ status: answer.status, header: answer.headers["x-answer"] }).toEqual({ status: 202, header: "yes" });
  expect(JSON.parse(answer.body)).toEqual({ method: "PUT", path: "/v2/a?b=c", test: "1", body: "content" });
});

it("writes no faster than the client reads, and closes the body when the client is gone", async () => {
  let written = 0;
  let closed: () => void = () => {};
  const wasClosed = new Promise<void>((resolve) => (closed = resolve));
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        yield Buffer.alloc(1024 * 1024);
        written++;
      }
    } finally {
      closed();
    }
  }
  const { port } = await serving(async () => ({ status: 200, headers: {}, body: endless() }));
  const socket = connect(port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(socket, "readable"); // and reads nothing
  socket.destroy();
  await wasClosed;
  expect(written).toBeLessThan(64);
});

it("cuts an answer whose body fails, so that nobody takes it for whole", async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("half");
    throw new Error("the disk is gone");
  }
  const { url } = await serving(async () => ({ status: 200, headers: {}, body: failing() }));
  await expect(ask(url, {})).rejects.toThrow(/aborted|hang up|ECONNRESET/);
});

it("closes the connection on a large body that nobody read", async () => {
  const { url } = await serving(async () => ({ status: 413, headers: { "content-length": "0" }, body: bodyOf() }));
  const answer = await ask(url, { method: "PUT", headers: { "content-length": "1000000000" } }, "the beginning");
  expect({ status: answer.status, connection: answer.headers.connection }).toEqual({
    status: 413,
    connection: "close",
  });
});

it.each([
  ["a length", ["content-length: 16000000", ""], ""],
  ["none", ["transfer-encoding: chunked", "", "f42400"], "\r\n0\r\n\r\n"],
])("lets an answer reach who sends all of a body with %s before it reads, and then ends", async (_what, head, end) => {
  const { port } = await serving(async ({ body }) => {
    if (body !== undefined && !(body instanceof Uint8Array)) for await (const _ of body) break;
    return { status: 413, headers: { "content-length": "3" }, body: bodyOf(Buffer.from("why")) };
  });
  const socket = connect(port, "127.0.0.1");
  socket.write(`PUT / HTTP/1.1\r\nhost: x\r\n${head.join("\r\n")}\r\n`);
  socket.write(Buffer.alloc(16_000_000));
  await new Promise((resolve) => socket.write(end, resolve));
  const answer = await textOf(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 413 .*connection: close.*why$/is);
});

it("waits with a request until the one before it on its connection is answered", async () => {
  const order: string[] = [];
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const { port } = await serving(async ({ method, path }) => {
    order.push(`${path} begins`);
    if (method === "PUT") await finished;
    order.push(`${path} ends`);
    return { status: 200, headers: { "content-length": "0" }, body: bodyOf() };
  });
  const socket = connect(port, "127.0.0.1");
  const request = (line: string) => `${line} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n`;
  socket.write(`${request("PUT /a")}\r\n${request("GET /b")}\r\n${request("GET /c")}connection: close\r\n\r\n`);
  await ask(`http://127.0.0.1:${port}`, { path: "/another" });
  finish();
  expect((await textOf(socket)).match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  const ofAll = ["a", "b", "c"].flatMap((name) => [`/${name} begins`, `/${name} ends`]);
  expect(order.filter((line) => !line.includes("another"))).toEqual(ofAll);
});

it("tells a body that the client broke off from a fault of the server", async () => {
  let tell: (error: unknown) => void = () => {};
  const told = new Promise<unknown>((resolve) => (tell = resolve));
  let socket: Socket | undefined;
  const { port } = await serving(async ({ body }) => {
    try {
      for await (const _ of body instanceof Uint8Array ? [] : (body ?? [])) socket?.destroy();
    } catch (error) {
      tell(error);
    }
    return { status: 200, headers: {}, body: bodyOf() };
  });
  socket = connect(port, "127.0.0.1");
  socket.write("PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf");
  expect(await told).toMatchObject({ code: "SIZE_INVALID" });
});

it("ends when the requests under way have, though their connections are kept open", async () => {
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let arrived: () => void = () => {};
  const arrival = new Promise<void>((resolve) => (arrived = resolve));
  const server = await listen(async () => {
    arrived();
    await finished;
    return { status: 200, headers: {}, body: bodyOf(Buffer.from("whole")) };
  });
  const agent = new http.Agent({ keepAlive: true });
  const answer = ask(server.url, { agent }, undefined, { keepOpen: true });
  await arrival;
  const closed = server.close();
  finish();
  expect((await answer).body).toBe("whole");
  await closed;
  agent.destroy();
});

it("answers 431 to headers without end", async () => {
  const { url } = await serving(async () => ({ status: 200, headers: {}, body: bodyOf() }));
  expect((await ask(url, { headers: { "x-large": "a".repeat(40_000) } })).status).toBe(431);
});

it("lets in who is in the password file, and nobody else", async () => {
  const file = `# people\nann:${await bcrypt.hash("her: word", 4)}\n\nbob:${await bcrypt.hash("his", 4)}\n`;
  let calls = 0;
  const transport = passwordProtected(async () => {
    calls++;
    return { status: 200, headers: {}, body: bodyOf() };
  }, file);
  const status = async (authorization?: string) =>
    (await transport({ method: "GET", path: "/v2/", headers: authorization === undefined ? {} : { authorization } }))
      .status;
  expect([
    await status(basic("ann:her: word")),
    await status(basic("ann:her: word")),
    await status(basic("bob:his")),
  ]).toEqual([200, 200, 200]);
  const strangers = [
    basic("ann:his"),
    basic("bob:"),
    basic("eve:his"),
    basic("ann"),
    "Bearer x",
    "Basic %%%",
    undefined,
  ];
  for (const stranger of strangers) expect(await status(stranger)).toBe(401);
  const { headers } = await transport({ method: "GET", path: "/v2/", headers: {} });
  expect(headers["docker-distribution-api-version"]).toBe("registry/2.0");
  expect(calls).toBe(3);
});

it("refuses a password file that is not bcrypt", () => {
  expect(() => passwordProtected(async () => ({ status: 200, headers: {}, body: bodyOf() }), "ann:{SHA}x")).toThrow(
    "bcrypt",
  );
});

async function textOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

interface Told {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

function ask(url: string, options: http.RequestOptions, body?: string, { keepOpen = false } = {}): Promise<Told> {
  return new Promise((resolve, reject) => {
    const outgoing = http.request(url, { agent: false, ...options }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk) => chunks.push(chunk)).on("error", reject);
      incoming.on("end", () => {
        if (!keepOpen) outgoing.destroy();
        resolve({ status: incoming.statusCode, headers: incoming.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on("error", reject);
    if (options.headers && "content-length" in options.headers) outgoing.write(body ?? "");
    else outgoing.end(body);
  });
}
