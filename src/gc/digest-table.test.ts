import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { digestTable } from "./digest-table.ts";

it("gives each digest a number of its own, and the same each time, whenever the table grows", () => {
  const table = digestTable();
  const digests = Array.from({ length: 3_000 }, (_, number) =>
    number % 100 === 7 ? `other:${number}` : `sha256:${createHash("sha256").update(`${number}`).digest("hex")}`,
  );
  for (const [number, digest] of digests.entries()) {
    const first = digests[number % 5] ?? "";
    // one that is known is asked for at each size, so that the table also grows at such a moment
    if (number > 5) expect(table.add(first)).toBe(number % 5);
    expect(table.add(digest)).toBe(number);
  }
  expect(table.size).toBe(digests.length);
  for (const [number, digest] of digests.entries()) {
    expect([table.find(digest), table.digestAt(number)]).toEqual([number, digest]);
  }
});
