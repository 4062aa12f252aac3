import { describe, expect, it } from "vitest";
import type { Message } from "../../src/tui/message.ts";
import { namesOf } from "../../src/tui/model/marks.ts";
import { digestOf, example, played } from "./example.ts";

const marked = ({ model }: ReturnType<typeof played>) =>
  model.repository === undefined ? [] : [...namesOf(model.repository.marks)].sort();

describe("what a removal left", () => {
  const failed = (repository: string, outcome: "failed" | "removed" = "failed"): Message => ({
    is: "removed",
    job: 7,
    title: "Removal",
    document: {
      operation: "01J",
      dryRun: false,
      proof: "listing",
      requests: 1,
      milliseconds: 1,
      moved: [],
      restored: [],
      tags: [
        {
          repository,
          tag: "1.4",
          digest: digestOf("release"),
          outcome,
          strategy: "decoy",
          siblings: null,
          undoable: false,
        },
      ],
    },
  });

  it.each([
    ["registry.example/team/shop", ["1.4"]],
    ["registry.example/other/team/shop", undefined],
    ["another.example/team/shop", undefined],
    ["registry.example/shop", undefined],
  ])("is tried again where it is of the open repository: %s", (name, expected) => {
    const { model, effects } = played(example(), failed(name), "r");
    const planned = effects.flatMap((effect) => (effect.do === "plan" ? [effect.tags] : []));
    expect(planned).toEqual(expected === undefined ? [] : [expected]);
    if (expected === undefined) expect(model.toast).toContain("another repository");
  });

  it.each([
    ["registry.example/team/shop", []],
    ["registry.example/other/team/shop", ["1.4"]],
    ["another.example/team/shop", ["1.4"]],
  ])("loses its mark where it is of the open repository: %s", (name, expected) => {
    expect(marked(played(example(), "space", failed(name, "removed")))).toEqual(expected);
  });
});
