import { describe, expect, it } from "vitest";
import { chunkPace } from "./pace.ts";

/**
 * The sizes of the chunks against a server whose deletion walks for `walk` ms and takes `each` ms a tag, `load` times
 * slower at each step.
 */
function sizes({
  walk,
  each,
  steps,
  load = () => 1,
}: {
  walk: number;
  each: number;
  steps: number;
  load?: (step: number) => number;
}): number[] {
  const pace = chunkPace();
  return Array.from({ length: steps }, (_, step) => {
    const { size } = pace;
    pace.lasted((walk + each * size) * load(step), size);
    return size;
  });
}

describe("chunkPace()", () => {
  it("starts with one tag", () => expect(chunkPace().size).toBe(1));

  it.each([
    { walk: 100, each: 2, tags: 52 },
    { walk: 200, each: 4, tags: 52 },
    { walk: 500, each: 3, tags: 168 },
  ])(
    "grows to where a deletion lasts twice as long as one tag: $walk ms and $each ms a tag",
    ({ walk, each, tags }) => {
      const last = sizes({ walk, each, steps: 10 }).at(-1) ?? 0;
      expect(last).toBeGreaterThan(tags * 0.8);
      expect(last).toBeLessThan(tags * 1.2);
    },
  );

  it("never grows faster than fourfold", () => {
    const grown = sizes({ walk: 1000, each: 0.001, steps: 10 }).slice(1);
    for (const [index, size] of grown.entries()) expect(size).toBeLessThanOrEqual(4 * (grown[index - 1] ?? size));
  });

  it("stays where it is on a server that became ten times busier after the first deletion", () => {
    const found = sizes({ walk: 100, each: 2, steps: 60, load: (step) => (step === 0 ? 1 : 10) });
    expect(found.at(-1)).toBeGreaterThan(40);
  });

  it("does not starve under load that comes and goes", () => {
    const found = sizes({ walk: 100, each: 2, steps: 200, load: (step) => 1 + ((step * 7) % 5) });
    const late = found.slice(50);
    expect(late.reduce((sum, size) => sum + size, 0) / late.length).toBeGreaterThan(20);
  });

  it("learns nothing from a chunk that was not full", () => {
    const pace = chunkPace();
    pace.lasted(100, 1);
    const { size } = pace;
    pace.lasted(100_000, 2);
    expect(pace.size).toBe(size);
  });
});
