import { expect, it } from "vitest";
import { placeBehind } from "./place.ts";

const uploads = "/v2/team/app/blobs/uploads/";

it.each([
  ["/v2/a/blobs/uploads/1?state=x", uploads, "/v2/a/blobs/uploads/1?state=x"],
  ["//other.example/1", uploads, "//other.example/1"],
  ["https://other.example/1?state=x", uploads, "https://other.example/1?state=x"],
  ["1?state=x", uploads, `${uploads}1?state=x`],
  ["2?state=y", `${uploads}1?state=x`, `${uploads}2?state=y`],
  ["?state=y", `${uploads}1?state=x`, `${uploads}1?state=y`],
  ["../1", uploads, "/v2/team/app/blobs/1"],
  ["2", "//evil.example/uploads/1", "//evil.example/uploads/2"],
  ["2?state=y", "https://other.example/uploads/1", "https://other.example/uploads/2?state=y"],
  ["/2", "https://other.example/uploads/1", "https://other.example/2"],
  ["//", "https://other.example/uploads/1", undefined],
])("%s behind %s is %s", (location, from, place) => {
  expect(placeBehind(location, from)).toBe(place);
});
