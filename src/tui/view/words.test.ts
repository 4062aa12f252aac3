import { expect, it } from "vitest";
import { wrapped } from "./words.ts";

it.each([
  ["one two three four", 10, ["one two", "three four"]],
  ["GET /v2/team/app/tags/list", 12, ["GET /v2/team", "/app/tags/li", "st"]],
  ["容器 映像標籤工具", 10, ["容器", "映像標籤工", "具"]],
  ["", 10, [""]],
])(
  "wraps %j at %i columns behind words, and inside those that would leave a line nearly empty",
  (text, width, lines) => {
    expect(wrapped(text, width)).toEqual(lines);
  },
);
