import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { discard } from "./body.ts";

it.each([
  { what: "without end", every: 0, limit: 1_000, lasting: 10_000, most: 1_001 },
  { what: "that trickles", every: 5, limit: 1_000_000, lasting: 50, most: 100 },
])("discard() cuts a body off $what", async ({ every, limit, lasting, most }) => {
  let sent = 0;
  let isClosed = false;
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        if (every > 0) await sleep(every);
        sent++;
        yield new Uint8Array(1);
      }
    } finally {
      isClosed = true;
    }
  }
  await discard({ body: body() }, limit, lasting);
  expect(isClosed).toBe(true);
  expect(sent).toBeLessThanOrEqual(most);
});
