import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Transport } from "../../wire/transport.ts";
import { limited, pace, paced, places } from "./paced.ts";

const get = { method: "GET", path: "/", headers: {} };

describe("pace()", () => {
  it("never lets more than the rate through in any second, in the order of coming", async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 }),
      async (rate, gaps) => {
        const clock = { now: 0 };
        const turn = pace(rate, { now: () => clock.now, sleep });
        let went = 0;
        async function sleep(milliseconds: number) {
          went += milliseconds;
        }
        const starts: number[] = [];
        for (const gap of gaps) {
          clock.now += gap;
          went = clock.now;
          await turn(); // the sleep only says when the request would go
          starts.push(went);
        }
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
        for (const start of starts) {
          expect(starts.filter((other) => other >= start && other < start + 1000 - 1e-6).length).toBeLessThanOrEqual(
            rate,
          );
        }
      },
    );
    await fc.assert(property);
  });

  it("lets a change through before every read that waits, so that little time is between a look and its change", async () => {
    const turn = pace(10, { now: () => 0, sleep: () => new Promise((resolve) => setImmediate(resolve)) });
    const order: string[] = [];
    const answering: Transport = async ({ method, path }) => {
      order.push(`${method} ${path}`);
      return { status: 200, headers: {}, body: (async function* () {})() };
    };
    const send = paced(answering, turn);
    const lookAndChange = async (path: string) => {
      await send({ ...get, method: "HEAD", path });
      await send({ ...get, method: "PUT", path });
    };
    await Promise.all(["a", "b", "c", "d"].map(lookAndChange));
    const places = ["a", "b", "c", "d"].map((path) => order.indexOf(`PUT ${path}`) - order.indexOf(`HEAD ${path}`));
    expect(Math.max(...places)).toBe(1);
  });

  it("holds for all transports that share it", async () => {
    const waits: number[] = [];
    const turn = pace(10, { now: () => 0, sleep: async (ms) => void waits.push(ms) });
    const answering: Transport = async () => ({ status: 200, headers: {}, body: (async function* () {})() });
    await Promise.all([paced(answering, turn)(get), paced(answering, turn)(get), paced(answering, turn)(get)]);
    expect(waits).toEqual([100, 200]);
  });
});

describe("limited()", () => {
  it("lets so many wait for their answer at once, first come, first served, also past failures", async () => {
    let running = 0;
    let most = 0;
    const order: string[] = [];
    const transport: Transport = async ({ path }) => {
      most = Math.max(most, ++running);
      order.push(path);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (path.endsWith("3")) throw new Error("broken");
      return { status: 200, headers: {}, body: (async function* () {})() };
    };
    const send = limited(transport, places(3));
    const paths = Array.from({ length: 20 }, (_, n) => `/${n}`);
    await Promise.allSettled(paths.map((path) => send({ ...get, path })));
    expect(most).toBe(3);
    expect(order).toEqual(paths);
  });

  it("never keeps a request from going that a streamed body waits for", async () => {
    const transport: Transport = async ({ body }) => {
      if (body !== undefined && !(body instanceof Uint8Array)) for await (const _ of body);
      return { status: 200, headers: {}, body: (async function* () {})() };
    };
    const send = limited(transport, places(1));
    async function* body() {
      await send(get);
      yield new Uint8Array(1);
    }
    expect((await send({ ...get, method: "PATCH", body: body() })).status).toBe(200);
  });

  it("never keeps tags from being watched while a deletion lasts", async () => {
    let release = () => {};
    const transport: Transport = async ({ method }) => {
      if (method === "DELETE") await new Promise<void>((resolve) => (release = resolve));
      return { status: 202, headers: {}, body: (async function* () {})() };
    };
    const send = limited(transport, places(1));
    const deletion = send({ ...get, method: "DELETE", lasting: true });
    expect((await send({ ...get, method: "HEAD", path: "/v2/a/manifests/tag" })).status).toBe(202);
    release();
    await deletion;
  });
});
