import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable, printableJson } from "./printable.ts";

describe("printable()", () => {
  it.each([
    ["plain", "plain"],
    ["größe 東京 👍 naïve", "größe 東京 👍 naïve"],
    ["\u001b[31mred", "\\u{1b}[31mred"],
    ["\u009b2J", "\\u{9b}2J"],
    ["\u001b]0;title\u0007", "\\u{1b}]0;title\\u{7}"],
    ["two\r\nlines\tand", "two\\u{d}\\u{a}lines\\u{9}and"],
    ["user\u202egnp.exe", "user\\u{202e}gnp.exe"],
    ["\u2066iso\u2069", "\\u{2066}iso\\u{2069}"],
    ["\u061c\u200e\u200f", "\\u{61c}\\u{200e}\\u{200f}"],
    ["zero\u200bwidth\u200d\ufeff", "zero\\u{200b}width\\u{200d}\\u{feff}"],
    ["line\u2028sep\u2029", "line\\u{2028}sep\\u{2029}"],
    ["hid\u{e0041}den", "hid\\u{e0041}den"],
    ["\ud800", "\\u{d800}"],
    ["\u007f\u0000", "\\u{7f}\\u{0}"],
  ])("writes %j as %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it("leaves no control, format or bidi character, and changes nothing the second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 50 }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        expect(printable(shown)).toBe(shown);
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves every printable ASCII character as it is", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => printable(text) === text));
  });
});

describe("printableJson()", () => {
  it.each([
    [{ x: "\u009b31mred\u007f" }, '{"x":"\\u009b31mred\\u007f"}'],
    [["user\u202egnp.exe", "\u001b["], '["user\\u202egnp.exe","\\u001b["]'],
    [{ "hid\u{e0041}den": 1 }, '{"hid\\udb40\\udc41den":1}'],
    ["größe 東京 👍", '"größe 東京 👍"'],
  ])("writes %j for a terminal", (value, text) => {
    expect(printableJson(value)).toBe(text);
  });

  it("says what JSON says, and leaves no control, format or bidi character", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const shown = printableJson(value);
        expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(shown).toBe(printable(shown));
      }),
    );
  });
});
