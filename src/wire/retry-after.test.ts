import { expect, it } from "vitest";
import { bodyOf } from "./body.ts";
import { parseFailure } from "./failure.ts";

it.each([
  ["seconds", "10"],
  ["a date", new Date(Date.now() + 10_000).toUTCString()],
])("Retry-After as %s says how long to wait", async (_, after) => {
  const answer = { status: 503, headers: { "retry-after": after }, body: bodyOf() };
  const { retryAfter, next } = await parseFailure(answer, { absent: "UNKNOWN" });
  expect(retryAfter).toBeGreaterThan(5); // a date has no fractions, and this test takes its time
  expect(retryAfter).toBeLessThanOrEqual(10);
  expect(next).toMatch(/^try again in ([6-9]|10) s, as it asks to$/);
});
