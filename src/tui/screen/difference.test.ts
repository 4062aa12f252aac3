import xterm from "@xterm/headless";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blank, type Cells, put, textOf } from "./cells.ts";
import { difference } from "./difference.ts";
import { bold, colourOf, cyan, dim, plain, red, reverse, type Style } from "./style.ts";

const size = { width: 24, height: 6 };
const coloured = { colour: true, ascii: false };

const glyphs = ["a", "b", "Z", "0", " ", "·", "│", "─", "世", "界", "é", "\u{5d0}", "가", "❯"];
const styles: readonly Style[] = [plain, bold, reverse, red, cyan | bold, dim, dim | red | reverse];
const writing = fc.record({
  x: fc.nat(size.width - 1),
  y: fc.nat(size.height - 1),
  text: fc.array(fc.constantFrom(...glyphs), { maxLength: 16 }).map((found) => found.join("")),
  style: fc.constantFrom(...styles),
});
/** Frames as panes make them: something stands at both ends of each row. */
const frame = fc.array(writing, { maxLength: 12 }).map((writings) => {
  const cells = blank(size);
  for (const { x, y, text, style } of writings) put(cells, { x, y, end: size.width - 1 }, text, style);
  for (let y = 0; y < size.height; y++) for (const x of [0, size.width - 1]) put(cells, { x, y, end: x + 1 }, "│");
  return cells;
});

describe("difference()", () => {
  it("makes a terminal show each frame, cell by cell", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 4 }), async (frames) => {
        const terminal = open();
        let before: Cells | undefined;
        for (const cells of frames) {
          await write(terminal, difference(before, cells, coloured));
          expect(shown(terminal)).toBe(meant(cells));
          before = cells;
        }
      }),
      { numRuns: 40 },
    );
  });

  it("leaves no row blank at any prefix of its bytes", async () => {
    await fc.assert(
      fc.asyncProperty(frame, frame, async (first, second) => {
        const terminal = open();
        await write(terminal, difference(undefined, first, coloured));
        for (const part of difference(first, second, coloured).match(/.{1,24}/gsu) ?? []) {
          await write(terminal, part);
          for (let y = 0; y < size.height; y++) expect(rowOf(terminal, y).trim()).not.toBe("");
        }
      }),
      { numRuns: 10 },
    );
  });

  it("writes nothing where nothing changed", () => {
    fc.assert(fc.property(frame, (cells) => difference(cells, cells, coloured) === ""));
  });

  it("draws ASCII alone, in as many columns, where the terminal knows no more", () => {
    const cells = blank(size);
    put(cells, { x: 0, y: 0 }, "世é│x×3");
    const bytes = difference(undefined, cells, { colour: true, ascii: true });
    expect(bytes).toContain("????xx3");
    expect(/^[\u001b\u0020-\u007e]*$/.test(bytes)).toBe(true);
  });

  it("keeps bold and reverse without colours", () => {
    const cells = blank(size);
    put(cells, { x: 0, y: 0 }, "x", red | bold | reverse);
    expect(difference(undefined, cells, { colour: false, ascii: false })).toContain("\u001b[;1;7mx");
  });
});

describe("put()", () => {
  it("lets nothing through that steers a terminal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), (text) => {
        const cells = blank(size);
        put(cells, { x: 0, y: 0 }, text);
        expect(textOf(cells)).not.toMatch(steering);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ["a long text is cut with a sign", "abcdefgh", 5, "abcd…"],
    ["a wide glyph is not cut in two", "世界世界", 4, "世…"],
    ["what fits stays whole", "世界", 4, "世界"],
    ["an escape is written out", "\u001b[31m", 12, "\\u{1b}[31m"],
  ])("%s", (_, text, end, expected) => {
    const cells = blank(size);
    put(cells, { x: 0, y: 0, end }, text);
    expect(textOf(cells).trimEnd()).toBe(expected);
  });
});

const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

function open(): xterm.Terminal {
  const terminal = new xterm.Terminal({ cols: size.width, rows: size.height, allowProposedApi: true });
  terminal.write("\u001b[?7l");
  return terminal;
}

function write(terminal: xterm.Terminal, text: string): Promise<void> {
  return new Promise((resolve) => terminal.write(text, resolve));
}

function rowOf(terminal: xterm.Terminal, y: number): string {
  return terminal.buffer.active.getLine(y)?.translateToString() ?? "";
}

function shown(terminal: xterm.Terminal): string {
  return everyCell((x, y) => {
    const cell = terminal.buffer.active.getLine(y)?.getCell(x);
    if (cell === undefined || cell.getWidth() === 0) return "right half";
    const colours = [
      cell.isFgPalette() ? cell.getFgColor() + 1 : 0,
      cell.isBold() > 0,
      cell.isDim() > 0,
      cell.isInverse() > 0,
    ];
    return [cell.getChars() || " ", ...colours];
  });
}

function meant({ glyphs, styles, width }: Cells): string {
  return everyCell((x, y) => {
    const glyph = glyphs[y * width + x] ?? "";
    if (glyph === "") return "right half";
    const style = styles[y * width + x] ?? 0;
    return [glyph, colourOf(style), (style & bold) > 0, (style & dim) > 0, (style & reverse) > 0];
  });
}

function everyCell(read: (x: number, y: number) => unknown): string {
  const cells = Array.from({ length: size.width * size.height }, (_, at) =>
    JSON.stringify(read(at % size.width, Math.floor(at / size.width))),
  );
  return cells.join("\n");
}
