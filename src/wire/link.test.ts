import { expect, it } from "vitest";
import { nextLink } from "./link.ts";

const request = "/v2/team/app/tags/list?n=2";

it.each([
  ['</v2/team/app/tags/list?last=b>; rel="next"', "/v2/team/app/tags/list?last=b"],
  ["</v2/team/app/tags/list?last=b>;rel=next", "/v2/team/app/tags/list?last=b"],
  ['<list?last=b>; rel="next"', "/v2/team/app/tags/list?last=b"],
  ['<?last=b>; rel="next"', "/v2/team/app/tags/list?last=b"],
  ['<http://wrong.example/v2/a/tags/list?last=b#x>; rel="next"', "/v2/a/tags/list?last=b"],
  ['<//wrong.example/v2/a?last=b>; rel="next"', "/v2/a?last=b"],
  ['<http://:5000/v2/a?last=b>; rel="next"', "/v2/a?last=b"],
  ['<https://my registry:x/v2/a?last=b>; rel="next"', "/v2/a?last=b"],
  ['<http://x//evil.example/v2/a?last=b>; rel="next"', "//evil.example/v2/a?last=b"],
  ['/v2/a?last=b,c; rel="next"', "/v2/a?last=b,c"],
  ['</v2/a?last=b>; title="a, b; c \\" d"; rel="next"', "/v2/a?last=b"],
  ['</v2/a?last=b>; rel="last Next"', "/v2/a?last=b"],
  ['</first>; rel=first, </v2/a?last=b>; crossorigin; rel="next"', "/v2/a?last=b"],
  ['/first; rel="first", /v2/a?last=b; rel="next"', "/v2/a?last=b"],
  ['</v2/a?last=next>; rel="prev"', undefined],
  ['</v2/a?last=b>; rel="next-archive"', undefined],
  ['</v2/a?last=b>; rel="prev"; rel="next"', undefined],
  ["</v2/a?last=b>", "/v2/a?last=b"],
  ['</v2/a?last=b>; title="more"', "/v2/a?last=b"],
  ['</v2/a?last=b>, </first>; rel="first"', undefined],
  ['</v2/a?last=b>; rel=""', undefined],
  ["", undefined],
  [undefined, undefined],
])("of %j the next page is %j", (link, path) => {
  expect(nextLink(link, request)).toBe(path);
});

it.each([
  '<>; rel="next"',
  "<>",
  '; rel="next"',
  '<http://registry.example>; rel="next"',
  '<mailto:somebody>; rel="next"',
  '</v2/a?last=b; rel="next"',
  '</v2/a?last=b>; title="unclosed; rel="next"',
])("never takes %j for the end of a listing", (link) => {
  expect(() => nextLink(link, request)).toThrow(expect.objectContaining({ code: "ANSWER_INVALID" }));
});

it("goes on from where it is, also on a path that looks like a host", () => {
  expect(nextLink('<list?last=c>; rel="next"', "//evil.example/v2/a/tags/list?last=b")).toBe(
    "//evil.example/v2/a/tags/list?last=c",
  );
});
