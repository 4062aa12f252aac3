import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { above, below, type Entries, lastTop, linesFrom } from "./entries.ts";

const heights = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 40 });
const entriesOf = (all: readonly number[]): Entries => ({
  length: all.length,
  linesOf: (entry) => Array.from({ length: all[entry] ?? 0 }, (_, line) => ({ text: `${entry}.${line}` })),
});
const linesOf = (all: readonly number[]) => all.flatMap((_, entry) => entriesOf(all).linesOf(entry));

describe("what scrolls by entries", () => {
  it("shows every line on the way down, page by page, the last one at the end, and comes back to the first", () => {
    fc.assert(
      fc.property(heights, fc.integer({ min: 4, max: 12 }), (all, height) => {
        const entries = entriesOf(all);
        const last = lastTop(entries, height);
        const seen = new Set<string>();
        let top = 0;
        for (let page = 0; page <= all.length; page++) {
          for (const { text } of linesFrom(entries, top, height)) seen.add(text);
          top = Math.min(last, below(entries, top, height - 1));
        }
        expect([...seen]).toEqual(linesOf(all).map(({ text }) => text));
        expect(linesFrom(entries, last, height).at(-1)).toEqual(linesOf(all).at(-1));
        for (let page = 0; page < all.length; page++) top = above(entries, top, height - 1);
        expect(top).toBe(0);
      }),
    );
  });

  it("has no room left at its end where there are lines enough to fill it", () => {
    fc.assert(
      fc.property(heights, fc.integer({ min: 4, max: 12 }), (all, height) => {
        const last = lastTop(entriesOf(all), height);
        const shown = linesFrom(entriesOf(all), last, height).length;
        const before = last === 0 ? Number.POSITIVE_INFINITY : (all[last - 1] ?? 0);
        expect(shown + before).toBeGreaterThan(height);
      }),
    );
  });
});
