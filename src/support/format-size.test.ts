import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSize } from "./format-size.ts";

describe("formatSize()", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [1530, "1.5 kB"],
    [99_499, "99 kB"],
    [999_499, "999 kB"],
    [999_500, "1 MB"],
    [7_800_000, "7.8 MB"],
    [2_147_483_648, "2.1 GB"],
  ])("%d", (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it("is never longer than seven characters, up to a petabyte", () => {
    fc.assert(fc.property(fc.nat(999_000_000_000_000), (bytes) => formatSize(bytes).length <= 7));
  });
});
