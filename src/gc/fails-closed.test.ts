import { expect, it } from "vitest";
import { failsClosed } from "./fails-closed.ts";

it("names eight of the files that stand in the way, and counts the others", () => {
  const problems = Array.from({ length: 11 }, (_, number) => {
    return { path: `/link-${number}`, about: "tag" as const, says: "the link is empty" };
  });
  const messages = [1, 2, 8, 11].map((count) => failsClosed(problems.slice(0, count)).message);
  const told = messages.map((message) => message.match(/\/link-\d: the link is empty/g)?.length);
  expect(told).toEqual([1, 2, 8, 8]);
  expect(messages.map((message) => / \(and (\d) more\)$/.exec(message)?.[1])).toEqual([
    undefined,
    undefined,
    undefined,
    "3",
  ]);
});
