import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batches } from "./batches.ts";

describe("batches()", () => {
  it("gives every item once and in order, as many at a time as was asked, and only the last time fewer", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), (items, size) => {
        const cut = [...batches(items, size)];
        expect(cut.flat()).toEqual(items);
        expect(cut.slice(0, -1).filter(({ length }) => length !== size)).toEqual([]);
        for (const { length } of cut.slice(-1)) expect([length > 0, length <= size]).toEqual([true, true]);
      }),
    );
  });

  it("cuts each batch only when it is asked for", () => {
    const cutting = batches([1, 2, 3], 2);
    expect(cutting.next().value).toEqual([1, 2]);
    expect([...cutting]).toEqual([[3]]);
  });
});
