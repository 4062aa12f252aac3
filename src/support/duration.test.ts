import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

describe("parseDuration()", () => {
  it.each([
    ["0", 0],
    ["30", 30_000],
    ["1.5", 1_500],
    ["30s", 30_000],
    ["250ms", 250],
    ["1m", 60_000],
    ["1h30m", 5_400_000],
    ["1h30m5s250ms", 5_405_250],
    ["2d", 172_800_000],
    ["1.5h", 5_400_000],
    ["24h", 86_400_000],
  ])("reads %s as %d ms", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    "",
    "s",
    "-1s",
    "+1s",
    "1 s",
    " 1s",
    "1s ",
    "1x",
    "1h30",
    "1e3",
    "0x10",
    ".5s",
    "1.s",
    "Infinity",
    "NaN",
    "1s\n",
    "١s",
    "9".repeat(400),
    `${"1s".repeat(50_000)}x`,
  ])("refuses %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it("reads each text as a number of milliseconds that can be waited for, or not at all", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d.msdh]{0,12}$/));
    fc.assert(
      fc.property(text, (said) => {
        const found = parseDuration(said);
        expect(found === undefined || (Number.isFinite(found) && found >= 0)).toBe(true);
      }),
    );
  });
});
