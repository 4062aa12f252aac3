import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factsOf, rules } from "../../test/suites/untag/plan-facts.ts";
import type { Tag } from "../registry/names.ts";
import { isGuarded, type PlanLine, planRepository } from "./plan.ts";

const world = fc
  .dictionary(fc.stringMatching(/^[a-c1][a-c1.-]{0,4}$/), fc.constantFrom("one", "two", "three"), { maxKeys: 12 })
  .chain((tags) =>
    fc.record({
      tags: fc.constant(tags),
      chosen: fc.uniqueArray(fc.constantFrom("gone", ...Object.keys(tags)), { minLength: 1 }),
      guarded: fc.subarray(Object.keys(tags)),
    }),
  );

const guarding = (tags: readonly string[]) => ({
  ...rules,
  protectedBy: (_: unknown, tag: Tag) => (tags.includes(tag) ? "*" : undefined),
});

describe("planRepository()", () => {
  it("gives the same for the same, and changes nothing of what it was given", () => {
    fc.assert(
      fc.property(world, ({ tags, chosen, guarded }) => {
        const facts = factsOf({ tags, chosen });
        const before = structuredClone({ targets: facts.targets, listing: facts.survey.listing });
        const plan = planRepository(facts, guarding(guarded));
        expect(planRepository(facts, guarding(guarded))).toEqual(plan);
        expect({ targets: facts.targets, listing: facts.survey.listing }).toEqual(before);
      }),
    );
  });

  it("removes nothing that was not chosen, and nothing at all where one is guarded", () => {
    fc.assert(
      fc.property(world, ({ tags, chosen, guarded }) => {
        const facts = factsOf({ tags, chosen });
        const plan = planRepository(facts, guarding(guarded));
        const isRefused = chosen.some((tag) => guarded.includes(tag));
        expect(plan.lines.map(({ tag }) => tag)).toEqual(chosen);
        expect(isGuarded(facts.survey, facts.targets, guarding(guarded))).toBe(isRefused);
        if (isRefused) expect(plan.lines.map(({ act }) => act)).toEqual(chosen.map(() => "leave"));
      }),
    );
  });

  it("gives each line a reason", () => {
    fc.assert(
      fc.property(world, ({ tags, chosen, guarded }) => {
        const { lines } = planRepository(factsOf({ tags, chosen }), guarding(guarded));
        expect(lines.map(reasonOf)).not.toContain("");
      }),
    );
  });

  it("names as siblings those that share the manifest and stay", () => {
    fc.assert(
      fc.property(world, ({ tags, chosen }) => {
        for (const line of planRepository(factsOf({ tags, chosen }), rules).lines) {
          if (line.act !== "remove") continue;
          const stay = Object.keys(tags)
            .filter((tag) => tags[tag] === tags[line.tag] && !chosen.includes(tag))
            .sort();
          expect(line.siblings).toEqual(stay);
        }
      }),
    );
  });

  it("passes over the listing and the scan a bounded number of times, however many tags are chosen", () => {
    expect(passesFor(8_000)).toBe(passesFor(80));
  });
});

function reasonOf(line: PlanLine): string {
  if (line.act === "remove") return line.because;
  return "reason" in line.outcome ? line.outcome.reason : line.outcome.outcome;
}

/** How often the listing and the scan are walked for a plan about half of so many tags. */
function passesFor(count: number): number {
  let passes = 0;
  const seen = <Value>(value: Value): Value => {
    passes++;
    return value;
  };
  const tags = Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, `seed${index}`]));
  const { survey, ...facts } = factsOf({ tags, chosen: Object.keys(tags).slice(0, count / 2) });
  const counted = <Walked extends object>(walked: Walked, walk: () => IterableIterator<unknown>): Walked =>
    Object.defineProperty(walked, Symbol.iterator, { value: () => seen(walk()) });
  const scan = new Map(survey.scan);
  const listing = [...survey.listing];
  counted(scan, () => Map.prototype.entries.call(scan));
  counted(listing, () => Array.prototype.values.call(listing));
  for (const method of ["filter", "flatMap", "map", "includes", "some"] as const) {
    const real = listing[method].bind(listing) as (...args: unknown[]) => unknown;
    Object.defineProperty(listing, method, { value: (...args: unknown[]) => seen(real(...args)) });
  }
  planRepository({ ...facts, survey: { ...survey, scan, listing } }, rules);
  return passes;
}
