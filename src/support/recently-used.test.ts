import { expect, it } from "vitest";
import { recentlyUsed } from "./recently-used.ts";

it("forgets what was not used for longest when the weights pass the bound", () => {
  const kept = recentlyUsed<string, string>(10);
  kept.set("a", "A", 4);
  kept.set("b", "B", 4);
  expect(kept.get("a")).toBe("A");
  kept.set("c", "C", 4);
  expect([kept.get("a"), kept.get("b"), kept.get("c")]).toEqual(["A", undefined, "C"]);
});

it("does not keep what is heavier than the bound, and weighs a key once", () => {
  const kept = recentlyUsed<string, number>(3);
  for (let turn = 0; turn < 9; turn++) kept.set("same", turn);
  kept.set("other", 1);
  expect([kept.get("same"), kept.get("other")]).toEqual([8, 1]);
  kept.set("heavy", 1, 4);
  expect(kept.get("heavy")).toBeUndefined();
});
