import { expect, it } from "vitest";
import { bodyOf } from "./body.ts";
import { parseFailure } from "./failure.ts";

it.each([
  ['{"errors":[{"code":"","message":""}]}', "the registry answered 500"],
  ['{"errors":[{"code":"DENIED","message":"no"}]}', "no"],
  ["<html>", "the registry answered 500"],
])("of %s it says: %s", async (text, message) => {
  const body = bodyOf(new TextEncoder().encode(text));
  expect((await parseFailure({ status: 500, headers: {}, body }, "UNKNOWN")).message).toBe(message);
});
