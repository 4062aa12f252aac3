import { describe, expect, it } from "vitest";
import { everyPage } from "./pages.ts";
import type { Page } from "./registry.ts";

/** Reads a listing whose page at a cursor is what `pageAt` says; the first is at 0. */
async function itemsOf(pageAt: (cursor: number) => Page<number>): Promise<readonly number[]> {
  const items: number[] = [];
  let asked = 0;
  const list = async ({ cursor = "0" } = {}) => {
    if (++asked > 1_000) throw new Error("asked for a thousand pages");
    return pageAt(Number(cursor));
  };
  for await (const fresh of everyPage(list)) for (const item of fresh) items.push(item);
  return items;
}

describe("everyPage()", () => {
  it("gives each item once, in the order in which it came", async () => {
    const pages: readonly Page<number>[] = [
      { items: [3, 1, 1], next: "1" },
      { items: [1, 3], next: "2" },
      { items: [2, 3] },
    ];
    expect(await itemsOf((cursor) => pages[cursor] ?? { items: [] })).toEqual([3, 1, 2]);
  });

  const million = 1_000_000;
  it.each<{ what: string; pageAt: (cursor: number) => Page<number>; says: string }>([
    {
      what: "goes round",
      pageAt: (cursor) => ({ items: [Math.random()], next: `${(cursor + 1) % 3}` }),
      says: "goes round",
    },
    { what: "tells nothing new", pageAt: (cursor) => ({ items: [7], next: `${cursor + 1}` }), says: "does not end" },
    {
      what: "has millions of names",
      pageAt: (cursor) => ({
        items: Array.from({ length: million }, (_, n) => cursor * million + n),
        next: `${cursor + 1}`,
      }),
      says: "has over 5000000 names",
    },
  ])("a listing that $what is no whole one", async ({ pageAt, says }) => {
    await expect(itemsOf(pageAt)).rejects.toMatchObject({
      code: "ANSWER_INVALID",
      message: expect.stringContaining(says),
    });
  });
});
