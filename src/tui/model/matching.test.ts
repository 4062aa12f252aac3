import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyList, filtered, type List } from "./list.ts";

const names = ["latest", "v1.2.3", "v1.2.30", "v1.20.3", "debug-eval", "Dev-1", "dev-2"];
const rowsOf = (all: readonly string[], { rows }: List) => Array.from(rows ?? all.keys());
const found = (filter: string) => rowsOf(names, filtered(emptyList, names, filter)).map((row) => names[row]);

describe("a filter", () => {
  it.each([
    ["what has the letters side by side, in capitals or not", "dev", ["Dev-1", "dev-2"]],
    ["every word", "v1 30", ["v1.2.30"]],
    ["what has it not", "!v", ["latest"]],
    ["both together", "v !debug !dev", ["v1.2.3", "v1.2.30", "v1.20.3"]],
    ["with gaps only where nothing has it without", "dgvl", ["debug-eval"]],
    ["all, for nothing", "", names.toSorted()],
  ])("finds %s", (_, filter, expected) => expect(found(filter)).toEqual(expected));
});

/** One name at a time, as it is defined. */
function naively(all: readonly string[], filter: string): { rows: readonly number[]; isLoose: boolean } {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => !["", "!"].includes(word));
  const has = (name: string, word: string) => name.includes(word);
  const hasLoosely = (name: string, word: string) => {
    let rest = name;
    return [...word].every((letter) => {
      const at = rest.indexOf(letter);
      rest = rest.slice(at + letter.length);
      return at >= 0;
    });
  };
  const byName = [...all.keys()].sort((a, b) => ((all[a] ?? "") < (all[b] ?? "") ? -1 : Number(all[a] !== all[b])));
  const those = (test: typeof has) =>
    byName.filter((row) => {
      const name = (all[row] ?? "").toLowerCase();
      return words.every((word) => (word.startsWith("!") ? !has(name, word.slice(1)) : test(name, word)));
    });
  const exact = those(has);
  if (exact.length > 0 || words.every((word) => word.startsWith("!"))) return { rows: exact, isLoose: false };
  const loose = those(hasLoosely);
  return { rows: loose, isLoose: loose.length > 0 };
}

describe("filtered()", () => {
  const letters = fc.constantFrom("a", "b", "A", "1", ".", "-", "é", "É", "Σ", "İ", "標", "🐳", "]", "^");
  const spoken = fc.oneof({ weight: 3, arbitrary: letters }, fc.constantFrom(" ", "!"));
  const textOf = (letter: fc.Arbitrary<string>) => fc.array(letter, { maxLength: 6 }).map((all) => all.join(""));

  it("finds letter by letter, and back again, also among names that came meanwhile, what one look at each name finds", () => {
    fc.assert(
      fc.property(fc.array(textOf(letters), { maxLength: 30 }), textOf(spoken), fc.nat(), (all, filter, part) => {
        const names = all.slice(0, part % (all.length + 1));
        filtered(emptyList, names, filter);
        names.push(...all.slice(names.length));
        const typed = Array.from(filter, (_, end) =>
          Array.from(filter)
            .slice(0, end + 1)
            .join(""),
        );
        let list = filtered(emptyList, names, "");
        for (const step of [...typed, ...typed.toReversed()]) {
          list = filtered(list, names, step);
          expect({
            rows: rowsOf(names, list),
            isLoose: list.isLoose,
            length: list.rows?.length ?? list.length,
          }).toEqual({
            ...naively(all, step),
            length: list.length,
          });
        }
      }),
      { numRuns: 500 },
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
