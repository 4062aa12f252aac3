import { expect, it } from "vitest";
import { digestOf, verifying } from "./digest.ts";

async function* streamed(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

it.each([
  ["one part", ["whole"]],
  ["many parts", ["wh", "o", "le"]],
  ["parts with nothing in them", ["", "whole", ""]],
])("passes on what a digest says, in %s, and never all of what it does not say", async (_what, parts) => {
  const passed = async (digest: string) => {
    let text = "";
    try {
      for await (const chunk of verifying(digestOf(Buffer.from(digest)))(streamed(...parts))) text += chunk.toString();
    } catch (error) {
      return { text, error };
    }
    return { text };
  };
  expect(await passed("whole")).toEqual({ text: "whole" });
  const { text, error } = await passed("another");
  expect(error).toMatchObject({ code: "ANSWER_INVALID" });
  expect(text.length).toBeLessThan("whole".length);
});
