import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { readBody } from "../../wire/body.ts";
import type { Transport } from "../../wire/transport.ts";
import { nodeTransport } from "./node-transport.ts";
import { timed } from "./timed.ts";

const digest = `sha256:${"a".repeat(64)}`;
const get = (path = "/v2/a/tags/list", method = "GET") => ({ method, path, headers: {} });

/** Answers when the test says so, with what is left of its body when the test says so again. */
async function slow() {
  const steps: (() => void)[] = [];
  const step = () => new Promise<void>((resolve) => steps.push(resolve));
  const origin = await serving(async (request, response) => {
    request.resume();
    await step();
    response.write("first ");
    await step();
    response.end("second");
  });
  return { transport: nodeTransport(origin), steps };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

describe("timed()", () => {
  it("gives a request up that is not answered", async () => {
    const { transport } = await slow();
    await expect(timed(transport, 500)(get())).rejects.toMatchObject({
      code: "LOST",
      message: expect.stringContaining("no sign of life for 0.5 s"),
    });
  });

  it("gives an answer up that stops in the middle", async () => {
    const { transport, steps } = await slow();
    const sending = timed(transport, 1000)(get());
    await until(() => steps.length === 1);
    steps[0]?.();
    await expect(readBody(await sending, 1000)).rejects.toMatchObject({
      code: "LOST",
      message: expect.stringContaining("no sign of life"),
    });
  });

  it("never cuts what is lasting, and does cut every other deletion, also by digest", async () => {
    const { transport, steps } = await slow();
    const deletion = get(`/v2/a/manifests/${digest}`, "DELETE");
    const lasting = timed(transport, 400)({ ...deletion, lasting: true });
    await expect(timed(transport, 400)(deletion)).rejects.toMatchObject({ code: "LOST" });
    await sleep(200);
    for (const step of steps) step();
    expect((await lasting).status).toBe(200);
  });

  it("gives up the body of what was lasting, once the head has come", async () => {
    const { transport, steps } = await slow();
    const lasting = timed(transport, 300)({ ...get(`/v2/a/manifests/${digest}`, "DELETE"), lasting: true });
    await sleep(400);
    await expect.poll(() => steps.length).toBe(1);
    steps[0]?.();
    await expect(readBody(await lasting, 1000)).rejects.toMatchObject({ code: "LOST" });
  });

  it("lets a body last as long as it moves, in either direction", async () => {
    const origin = await serving(async (request, response) => {
      for await (const chunk of request) response.write(chunk);
      response.end();
    });
    async function* body() {
      for (let n = 0; n < 12; n++) {
        await sleep(100); // the source may be as slow as it likes
        yield new Uint8Array(1);
      }
    }
    const answer = await timed(nodeTransport(origin), 900)({ ...get("/", "PATCH"), body: body() });
    expect(await readBody(answer, 100)).toHaveLength(12);
  });

  it("leaves time to a reader who is busy", async () => {
    const chunks: Transport = async () => ({
      status: 200,
      headers: {},
      body: (async function* () {
        yield new Uint8Array(1);
        yield new Uint8Array(1);
      })(),
    });
    const { body } = await timed(chunks, 20)(get());
    let read = 0;
    for await (const chunk of body) {
      await sleep(40);
      read += chunk.length;
    }
    expect(read).toBe(2);
  });

  it("leaves no timer behind", async () => {
    const origin = await serving((_, response) => response.end());
    const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const send = timed(nodeTransport(origin), 3_600_000);
    for (let n = 0; n < 10; n++) await readBody(await send(get()), 10);
    expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length).toBeLessThan(before + 5);
  });
});
