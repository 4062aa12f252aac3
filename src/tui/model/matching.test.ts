import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyList, filtered } from "./list.ts";
import { matching } from "./matching.ts";

const names = ["latest", "v1.2.3", "v1.2.30", "v1.20.3", "debug-eval", "Dev-1", "dev-2"];
const found = (filter: string) => Array.from(matching(names, filter).rows, (row) => names[row]);

describe("matching()", () => {
  it.each([
    ["what has the letters side by side, in capitals or not", "dev", ["Dev-1", "dev-2"]],
    ["every word", "v1 30", ["v1.2.30"]],
    ["what has it not", "!v", ["latest"]],
    ["both together", "v !debug !dev", ["v1.2.3", "v1.2.30", "v1.20.3"]],
    ["with gaps only where nothing has it without", "dgvl", ["debug-eval"]],
    ["all, for nothing", "", names],
  ])("finds %s", (_, filter, expected) => expect(found(filter)).toEqual(expected));
});

describe("filtered()", () => {
  const letters = fc.constantFrom("a", "b", "1", ".", " ", "!");
  const words = fc.array(letters, { maxLength: 6 }).map((all) => all.join(""));

  it("finds letter by letter, and back again, what it finds at once", () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), words, (all, filter) => {
        const start = filtered(emptyList, all, "");
        const typed = Array.from(filter, (_, end) => filter.slice(0, end + 1));
        let list = start;
        for (const step of [...typed, ...typed.toReversed()]) {
          list = filtered(list, all, step);
          const once = filtered(start, all, step);
          expect(Array.from(list.rows ?? all.keys())).toEqual(Array.from(once.rows ?? all.keys()));
          expect(list.isLoose).toBe(once.isLoose);
        }
      }),
    );
  });
});

describe("an unsorted listing", () => {
  it("is shown by name, page by page", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ maxLength: 3 }), { maxLength: 6 }), { maxLength: 5 }), (pages) => {
        const names: string[] = [];
        for (const page of pages) {
          names.push(...page);
          const { rows } = filtered(emptyList, names, "");
          expect(Array.from(rows ?? names.keys(), (place) => names[place])).toEqual(names.toSorted());
        }
      }),
    );
  });
});
