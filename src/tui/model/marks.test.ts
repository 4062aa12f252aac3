import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTag, type Tag } from "../../registry/names.ts";
import { inverted, isMarked, type Marks, namesOf, noMarks, toggled, withMarks, withoutMarks } from "./marks.ts";

const tags = Array.from({ length: 400 }, (_, index) => parseTag(`t${index}`));
const tag = fc.constantFrom(...tags);
const some = fc.array(tag, { maxLength: 300 });

type Change = readonly [change: (marks: Marks) => Marks, same: (set: Set<Tag>) => void];

const flip = (set: Set<Tag>, one: Tag) => void (set.delete(one) || set.add(one));
const each = (all: readonly Tag[], act: (set: Set<Tag>, one: Tag) => void) => (set: Set<Tag>) => {
  for (const one of all) act(set, one);
};
const change: fc.Arbitrary<Change> = fc.oneof(
  tag.map((one): Change => [(marks) => toggled(marks, one), (set) => flip(set, one)]),
  some.map((all): Change => [(marks) => all.reduce(toggled, marks), each(all, flip)]),
  some.map((all): Change => [(marks) => withMarks(marks, all), each(all, (set, one) => void set.add(one))]),
  some.map((all): Change => [(marks) => withoutMarks(marks, all), each(all, (set, one) => void set.delete(one))]),
  some.map((all): Change => [(marks) => inverted(marks, all), each(all, flip)]),
);

describe("marks", () => {
  it("are what a plain set would be, and no change alters the marks before", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        const set = new Set<Tag>();
        let marks = noMarks;
        for (const [apply, same] of changes) {
          const before = namesOf(marks);
          const next = apply(marks);
          expect(namesOf(marks)).toEqual(before);
          marks = next;
          same(set);
          expect(namesOf(marks)).toEqual(set);
          expect(marks.size).toBe(set.size);
          expect(tags.every((one) => isMarked(marks, one) === set.has(one))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});
