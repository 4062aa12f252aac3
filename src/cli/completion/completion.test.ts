import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { behaviours } from "../../app/serving/serve-registry.ts";
import { buildProgram } from "../definitions/program.ts";
import { completionOf } from "./candidates.ts";
import { splitLine } from "./split.ts";

describe("splitLine()", () => {
  it.each([
    ["tagwise tags a", ["tagwise", "tags", "a"]],
    ["tagwise tags ", ["tagwise", "tags", ""]],
    ["tagwise  tags\tx ", ["tagwise", "tags", "x", ""]],
    ["", [""]],
    [`tagwise 'a b' "c d" e\\ f`, ["tagwise", "a b", "c d", "e f"]],
    [`tagwise "half a wo`, ["tagwise", "half a wo"]],
    ["tagwise $(touch X) `id` $HOME ~ *", ["tagwise", "$(touch", "X)", "`id`", "$HOME", "~", "*"]],
  ])("%j", (line, words) => {
    expect(splitLine(line)).toEqual(words);
  });

  it("keeps every character that is neither blank, quote nor backslash", () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        const plain = line.replace(/[\s'"\\]/g, "");
        expect(
          splitLine(line)
            .join("")
            .replace(/[\s'"\\]/g, ""),
        ).toBe(plain);
      }),
    );
  });
});

describe("completionOf()", () => {
  const program = buildProgram();
  const words = (...typed: string[]) => {
    const completion = completionOf(program, typed);
    return completion.kind === "words" ? completion.candidates.map(({ word }) => word) : completion.kind;
  };

  it.each([
    [["ta"], ["tags"]],
    [["--vers"], ["--version"]],
    [["tags", "--so"], ["--sort"]],
    [
      ["tags", "--sort", ""],
      ["name", "created", "size"],
    ],
    [["tags", "--sort=s"], ["--sort=size"]],
    [
      ["-o", "json"],
      ["json", "jsonl"],
    ],
    [["--output", "json", "insp"], ["inspect"]],
    [["completion", "z"], ["zsh"]],
    [["completion", "zsh", ""], []],
    [["nonsense", ""], []],
    [["tags", "--ca", ""], "files"],
    [["tags", "127.0.0.1:5000/t"], "repositories"],
    [["ls", ""], "repositories"],
    [["login", ""], "hosts"],
    [["rm", "a:b", "c:d", "x"], "tags"],
    [["undo", "x"], "tags"],
    [["history", ""], []],
    [
      ["gc", ""],
      ["runs", "restore", "purge"],
    ],
    [["gc", "/va"], "files"],
  ] as const)("%j", (typed, expected) => {
    expect(words(...typed)).toEqual(expected);
  });

  it("knows every kind of registry to behave like", () => {
    expect(words("registry", "--behave-like", "")).toEqual(Object.keys(behaviours));
  });

  it("passes on the flags that say how to reach the registry", () => {
    const typed = ["tags", "--plain-http", "--ca", "x.pem", "--concurrency=2", "host/te"];
    expect(completionOf(program, typed)).toMatchObject({
      flags: { plainHttp: true, ca: "x.pem", concurrency: "2" },
    });
  });
});
