import { describe, expect, it } from "vitest";
import { keysOf, type Press } from "./key.ts";

describe("the keys of a press", () => {
  it.each<[string, Press, readonly string[]]>([
    ["a letter", { sequence: "j", name: "j" }, ["j"]],
    ["a capital", { sequence: "G", name: "g", shift: true }, ["G"]],
    ["a Chinese character", { sequence: "中" }, ["中"]],
    ["space", { sequence: " ", name: "space" }, ["space"]],
    ["Enter", { sequence: "\r", name: "return" }, ["enter"]],
    ["Tab with shift", { sequence: "\u001b[Z", name: "tab", shift: true }, ["shift-tab"]],
    ["a key with ctrl", { sequence: "\u0004", name: "d", ctrl: true }, ["ctrl-d"]],
    ["an arrow", { sequence: "\u001b[A", name: "up" }, ["up"]],
    ["ESC", { sequence: "\u001b", name: "escape", meta: true }, ["esc"]],
    ["ESC and a letter that came together", { sequence: "\u001bR", name: "r", meta: true, shift: true }, ["esc", "R"]],
    ["what nobody knows", { sequence: "\u001b[99~" }, []],
  ])("are told for %s", (_, press, keys) => {
    expect(keysOf(press).map(({ name }) => name)).toEqual(keys);
  });
});
