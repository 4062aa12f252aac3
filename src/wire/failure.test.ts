import { expect, it } from "vitest";
import { bodyOf } from "./body.ts";
import { parseFailure } from "./failure.ts";

it.each([
  ['{"errors":[{"code":"","message":""}]}', "the registry answered 500"],
  ['{"errors":[{"code":"DENIED","message":"no"}]}', "no"],
  ["<html>", "the registry answered 500"],
])("of %s it says: %s", async (text, message) => {
  const body = bodyOf(new TextEncoder().encode(text));
  expect((await parseFailure({ status: 500, headers: {}, body }, { absent: "UNKNOWN" })).message).toBe(message);
});

it.each([
  ['"words"', "words"],
  ['{"Tag":"x"}', '{"Tag":"x"}'],
  ["[".repeat(30_000) + "]".repeat(30_000), undefined],
])("no detail hides what the registry said", async (text, detail) => {
  const told = new TextEncoder().encode(`{"errors":[{"code":"DENIED","message":"no","detail":${text}}]}`);
  const error = await parseFailure({ status: 403, headers: {}, body: bodyOf(told) }, { absent: "UNKNOWN" });
  expect(error).toMatchObject({ code: "DENIED", message: "no", detail });
});

it("quotes no credentials that the registry quotes", async () => {
  const told = { code: "Bearer SECRET1", message: "no scope in Bearer SECRET1", detail: { header: "Basic SECRET1" } };
  const body = bodyOf(new TextEncoder().encode(JSON.stringify({ errors: [told] })));
  const error = await parseFailure({ status: 403, headers: {}, body }, { absent: "UNKNOWN" });
  expect(JSON.stringify([error.said, error.message, error.detail])).not.toContain("SECRET");
  expect(error.message).toBe("no scope in Bearer <redacted>");
});

it.each([
  [429, "7", "try again in 7 s, as it asks to"],
  [503, "600", "try again in 10 minutes, as it asks to"],
  [429, "86400", "try again in an hour or more, as it asks to"],
  [429, new Date(0).toUTCString(), undefined],
  [429, "7, 9", "try again in 7 s, as it asks to"],
  [429, `${new Date(Date.now() + 600_000).toUTCString()}, 9`, "try again in 10 minutes, as it asks to"],
  [401, "7", undefined],
])("of a %i with Retry-After %j it says to %s", async (status, after, next) => {
  const answer = { status, headers: { "retry-after": after }, body: bodyOf() };
  expect((await parseFailure(answer, { absent: "UNKNOWN" })).next).toBe(next);
});

it.each(["soon", "garbage 7", "-1", "1.5", "", "7 s", "2099-01-01", "1 Jan 2099 00:00:00 GMT"])(
  "takes Retry-After %j for none",
  async (header) => {
    const answer = { status: 503, headers: { "retry-after": header }, body: bodyOf() };
    expect((await parseFailure(answer, { absent: "UNKNOWN" })).retryAfter).toBeUndefined();
  },
);

it.each([
  [401, "UNAUTHORIZED", "log in with: tagwise login r.example:5000"],
  [404, "NAME_UNKNOWN", "list the repositories with: tagwise ls r.example:5000"],
  [404, "MANIFEST_UNKNOWN", undefined],
])("of a %i %s of a registry that has a name it says to %s", async (status, code, next) => {
  const body = () => bodyOf(new TextEncoder().encode(JSON.stringify({ errors: [{ code, message: "no" }] })));
  const told = async (host?: string) =>
    parseFailure({ status, headers: {}, body: body() }, { absent: "UNKNOWN", host });
  expect((await told("r.example:5000")).next).toBe(next);
  expect((await told()).next).toBeUndefined();
});
