import { expect, it } from "vitest";
import { memoryRegistry } from "../../memory/memory.ts";
import { digestOf } from "../../registry/digest.ts";
import { parseRepositoryName } from "../../registry/names.ts";
import type { Headers, Response, Transport } from "../../wire/transport.ts";
import { registryHandler } from "./handler.ts";
import { uploadSessions } from "./uploads.ts";

const app = parseRepositoryName("team/app");
const uploads = "/v2/team/app/blobs/uploads/";
const digest = digestOf(bytesOf("0123456789"));

it("takes chunks in order and says how far it is", async () => {
  const transport = registryHandler(memoryRegistry());
  const started = await send(transport, "POST", uploads);
  const location = String(started.headers.location);
  expect({ status: started.status, range: started.headers.range }).toEqual({ status: 202, range: "0-0" });
  const first = await send(transport, "PATCH", location, { "content-range": "0-3" }, "0123");
  expect({ status: first.status, range: first.headers.range }).toEqual({ status: 202, range: "0-3" });
  const status = await send(transport, "GET", location);
  expect({ status: status.status, range: status.headers.range }).toEqual({ status: 204, range: "0-3" });
  const last = await send(transport, "PUT", `${location}?digest=${digest}`, { "content-range": "4-9" }, "456789");
  expect({ status: last.status, at: last.headers.location }).toEqual({
    status: 201,
    at: `/v2/team/app/blobs/${digest}`,
  });
  expect((await send(transport, "GET", location)).status).toBe(404);
});

it.each([
  ["5-9", "56789"],
  ["0-3", "0123"],
  ["nonsense", "4567"],
])("answers 416 to the chunk %s where byte 4 is next, and stays where it was", async (range, chunk) => {
  const transport = registryHandler(memoryRegistry());
  const location = await begun(transport, "0123");
  const answer = await send(transport, "PATCH", location, { "content-range": range }, chunk);
  expect({ status: answer.status, range: answer.headers.range }).toEqual({ status: 416, range: "0-3" });
  expect((await send(transport, "PUT", `${location}?digest=${digest}`, {}, "456789")).status).toBe(201);
});

it("refuses a chunk that is not as long as it says", async () => {
  const transport = registryHandler(memoryRegistry());
  const location = await begun(transport, "0123");
  expect((await send(transport, "PATCH", location, { "content-range": "4-9" }, "45")).status).toBe(400);
});

it("takes a whole blob in one POST", async () => {
  const transport = registryHandler(memoryRegistry());
  expect((await send(transport, "POST", `${uploads}?digest=${digest}`, {}, "0123456789")).status).toBe(201);
  expect((await send(transport, "POST", `${uploads}?digest=${digest}`, {}, "other")).status).toBe(400);
});

it("ends an upload whose content is another's, and one that is cancelled", async () => {
  const transport = registryHandler(memoryRegistry());
  const wrong = await begun(transport, "other");
  expect((await send(transport, "PUT", `${wrong}?digest=${digest}`)).status).toBe(400);
  expect((await send(transport, "GET", wrong)).status).toBe(404);
  const cancelled = await begun(transport, "0123");
  expect((await send(transport, "DELETE", cancelled)).status).toBe(204);
  expect((await send(transport, "PATCH", cancelled, {}, "456789")).status).toBe(404);
});

it("knows an upload only in its own repository", async () => {
  const transport = registryHandler(memoryRegistry());
  const location = (await begun(transport, "0123")).replace("team/app", "team/other");
  expect((await send(transport, "GET", location)).status).toBe(404);
});

it("gives up sessions that were left idle, and their content", async () => {
  let now = 0;
  const registry = memoryRegistry();
  const cancelled: string[] = [];
  const watched = {
    async openUpload(repository: typeof app) {
      const upload = await registry.openUpload(repository);
      return { ...upload, cancel: async () => void cancelled.push("cancelled") };
    },
  };
  const sessions = uploadSessions(watched, { idle: 1000, now: () => now });
  const left = await sessions.start(app);
  now = 900;
  const used = await sessions.start(app);
  now = 1500;
  expect(() => sessions.find({ repository: app, upload: left.id })).toThrow("no such upload");
  await sessions.start(app);
  expect(cancelled).toEqual(["cancelled"]);
  expect(sessions.find({ repository: app, upload: used.id }).id).toBe(used.id);
});

it("lets one request at a time write to a session", async () => {
  const sessions = uploadSessions(memoryRegistry());
  const { id } = await sessions.start(app);
  const named = { repository: app, upload: id };
  await sessions.use(named, async () => {
    await expect(sessions.use(named, async () => "second")).rejects.toThrow("another request");
  });
  expect(await sessions.use(named, async () => "next")).toBe("next");
});

async function begun(transport: Transport, content: string): Promise<string> {
  const location = String((await send(transport, "POST", uploads)).headers.location);
  await send(transport, "PATCH", location, {}, content);
  return location;
}

function send(transport: Transport, method: string, path: string, headers: Headers = {}, body = ""): Promise<Response> {
  return transport({ method, path, headers, body: bytesOf(body) });
}

function bytesOf(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
