import { describe, expect, it } from "vitest";
import { namesOf } from "../../src/tui/model/marks.ts";
import { example, played, removalOf } from "./example.ts";

const marked = ({ model }: ReturnType<typeof played>) =>
  model.repository === undefined ? [] : [...namesOf(model.repository.marks)].sort();

describe("what a removal left", () => {
  it.each([
    ["registry.example/team/shop", ["1.4"]],
    ["registry.example/other/team/shop", undefined],
    ["another.example/team/shop", undefined],
    ["registry.example/shop", undefined],
  ])("is tried again where it is of the open repository: %s", (name, expected) => {
    const { model, effects } = played(example(), removalOf("failed", name), "r");
    const planned = effects.flatMap((effect) => (effect.do === "plan" ? [effect.tags] : []));
    expect(planned).toEqual(expected === undefined ? [] : [expected]);
    if (expected === undefined) expect(model.toast).toContain("another repository");
  });

  it.each([
    ["registry.example/team/shop", []],
    ["registry.example/other/team/shop", ["1.4"]],
    ["another.example/team/shop", ["1.4"]],
  ])("loses its mark where it is of the open repository: %s", (name, expected) => {
    expect(marked(played(example(), "space", removalOf("removed", name)))).toEqual(expected);
  });
});
