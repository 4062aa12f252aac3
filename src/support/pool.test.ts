import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pooled } from "./pool.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("pooled()", () => {
  it("works on every item once, never more than so many at a time, and keeps their order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        async (items, concurrency) => {
          let [now, most] = [0, 0];
          const seen: number[] = [];
          const results = await pooled(
            items,
            async (turns, index) => {
              most = Math.max(most, ++now);
              seen.push(index);
              for (let count = 0; count < turns; count++) await turn();
              now--;
              return `${index}:${turns}`;
            },
            { concurrency },
          );
          expect(results).toEqual(items.map((turns, index) => `${index}:${turns}`));
          expect(seen.sort((a, b) => a - b)).toEqual(items.map((_, index) => index));
          expect(most).toBe(Math.min(concurrency, most));
          if (items.length > 0) expect(most).toBeGreaterThan(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([0, -1, Number.NaN, 0.5])("works, one at a time, also at a concurrency of %d", async (concurrency) => {
    expect(await pooled([1, 2, 3], async (item) => item * 2, { concurrency })).toEqual([2, 4, 6]);
  });

  it("throws the first error when what is under way has ended, and begins nothing more", async () => {
    const ended: number[] = [];
    const work = pooled(
      [0, 1, 2, 3, 4, 5],
      async (item) => {
        for (let count = 0; count <= item; count++) await turn();
        ended.push(item);
        if (item < 2) throw new Error(`item ${item}`);
      },
      { concurrency: 3 },
    );
    await expect(work).rejects.toThrow("item 0");
    expect(ended).toEqual([0, 1, 2]);
  });

  it("takes a throw for a rejection", async () => {
    const work = pooled([1], () => {
      throw new Error("at once");
    });
    await expect(work).rejects.toThrow("at once");
  });
});
