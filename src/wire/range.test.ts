import { expect, it } from "vitest";
import { parseChunkRange, parseRange } from "./range.ts";

it.each([
  ["bytes=0-99", { first: 0, last: 99 }],
  [" bytes=100- ", { first: 100 }],
  ["bytes=-50", { suffix: 50 }],
  ["bytes=500-0", { first: 500, last: 0 }],
  ["bytes=-", undefined],
  ["bytes=0-1,5-6", undefined],
  ["items=0-1", undefined],
  ["bytes=a-b", undefined],
  ["bytes=1234567890123456-", undefined],
  [undefined, undefined],
])("parseRange(%j) is %j", (header, range) => {
  expect(parseRange(header)).toEqual(range);
});

it.each([
  ["0-99", { first: 0, last: 99 }],
  ["bytes 5-9/*", { first: 5, last: 9 }],
  ["bytes 5-9/10", { first: 5, last: 9 }],
  ["bytes=5-9", { first: 5, last: 9 }],
  ["5-", undefined],
  ["-9", undefined],
  ["", undefined],
])("parseChunkRange(%j) is %j", (header, range) => {
  expect(parseChunkRange(header)).toEqual(range);
});
