import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUlid, ulid } from "./ulid.ts";

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe("ulid()", () => {
  it("sorts by time, and is a ULID whatever the clock says", () => {
    const times = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      fc.double(),
      fc.constantFrom(-1, Number.NaN, 2 ** 60),
    );
    fc.assert(
      fc.property(times, bytes, (time, random) => {
        expect(ulid(time, random)).toSatisfy(isUlid);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 2 }), bytes, bytes, (time, one, other) => {
        expect(ulid(time, one) < ulid(time + 1, other)).toBe(true);
      }),
    );
  });

  it.each([
    [0, "00000000000000000000000000"],
    [1, "00000000010000000000000000"],
    [1469918176385, "01ARYZ6S410000000000000000"],
    [2 ** 48 - 1, "7ZZZZZZZZZ0000000000000000"],
  ])("writes %d as the specification does", (time, text) => {
    expect(ulid(time, new Uint8Array(16))).toBe(text);
  });

  it("differs where the random bytes differ", () => {
    expect(ulid(0, new Uint8Array(16).fill(1))).not.toBe(ulid(0, new Uint8Array(16).fill(2)));
  });
});

describe("isUlid()", () => {
  it.each([
    "",
    "../../etc/passwd",
    "01ARYZ6S41000000000000000",
    "01ARYZ6S4100000000000000000",
    "81ARYZ6S410000000000000000",
    "01ARYZ6S41000000000000000I",
    "01aryz6s410000000000000000",
    "01ARYZ6S410000000000000000\n",
  ])("refuses %j", (text) => {
    expect(isUlid(text)).toBe(false);
  });
});
