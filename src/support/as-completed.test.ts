import fc from "fast-check";
import { expect, test } from "vitest";
import { asCompleted } from "./as-completed.ts";

test("yields the result of each item once, whatever the concurrency", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3)), fc.integer({ min: 1, max: 9 }), async (turns, concurrency) => {
      const seen: number[] = [];
      const work = async (index: number) => {
        for (let turn = 0; turn < (turns[index] ?? 0); turn++) await Promise.resolve();
        return index;
      };
      for await (const index of asCompleted(turns.keys(), work, { concurrency })) seen.push(index);
      expect(seen.sort((a, b) => a - b)).toEqual([...turns.keys()]);
    }),
  );
});

test("never runs more at once than it may, and as many as it may", async () => {
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  };
  for await (const _ of asCompleted(Array(20).keys(), work, { concurrency: 3 }));
  expect(most).toBe(3);
});

test("a quick item does not wait for a slow one", async () => {
  let release = (_: string) => {};
  const slow = new Promise<string>((resolve) => (release = resolve));
  const results = asCompleted(["slow", "quick"], (name) => (name === "slow" ? slow : Promise.resolve(name)), {
    concurrency: 2,
  });
  expect((await results.next()).value).toBe("quick");
  release("slow");
  expect((await results.next()).value).toBe("slow");
  expect((await results.next()).done).toBe(true);
});

test("an error ends it and starts nothing more", async () => {
  const started: number[] = [];
  const work = async (index: number) => {
    started.push(index);
    if (index === 1) throw new Error("no");
    return index;
  };
  const all = async () => {
    for await (const _ of asCompleted(Array(100).keys(), work, { concurrency: 1 }));
  };
  await expect(all()).rejects.toThrow("no");
  expect(started).toEqual([0, 1]);
});

test("a signal ends it while work is under way", async () => {
  const controller = new AbortController();
  const results = asCompleted(["for ever"], () => new Promise(() => {}), {
    concurrency: 1,
    signal: controller.signal,
  });
  const next = results.next();
  controller.abort(new Error("enough"));
  await expect(next).rejects.toThrow("enough");
});
