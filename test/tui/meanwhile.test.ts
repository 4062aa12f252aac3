import { describe, expect, it } from "vitest";
import type { Message } from "../../src/tui/message.ts";
import { textOf } from "../../src/tui/screen/cells.ts";
import { view } from "../../src/tui/view.ts";
import { example, planFor, played, removalOf, repository, tags } from "./example.ts";

const remnants: Message = { is: "remnants", operations: 1, lines: ["team/shop: 1.4 stands on a decoy"] };
const planned: Message = { is: "planned", job: 2, plan: planFor("1.4") };
const removed = removalOf("removed");

const acts = ({ effects }: ReturnType<typeof played>) => effects.map((effect) => effect.do);

describe("what comes while a filter is typed takes no letter of it", () => {
  it("operations that were cut off", () => {
    const typing = played(example(), "/", "a", remnants);
    expect(typing.model.toast).toContain("ctrl-r");
    for (const letter of ["b", "f"]) expect(acts(played(typing.model, letter))).not.toContain("recover");
    expect(played(typing.model, "f").model.repository?.list.filter).toBe("af");
  });

  it("the end of a removal in the background", () => {
    const typing = played(example(), "d", planned, "y", "esc", "/", "n", removed);
    expect(typing.model.toast).toBe("Removal from team/shop");
    expect(acts(played(typing.model, "u"))).not.toContain("undo");
    expect(played(typing.model, "u").model.repository?.list.filter).toBe("nu");
  });
});

it("nothing is recovered while something is being changed: a removal under way looks like one that was cut off", () => {
  const shown = played(example(), "d", planned, "y", "esc", "ctrl-r", remnants);
  expect(shown.model.overlay?.is).toBe("recover");
  for (const letter of ["b", "f"]) {
    const { model, effects } = played(shown.model, letter);
    expect(effects).toEqual([]);
    expect(model.toast).toContain("something is being changed");
  }
});

it("a login that is wanted takes no plan away that waits for its confirmation", () => {
  const wanted: Message = { is: "login-wanted", refused: false };
  expect(played(example(), "d", planned, wanted).model.overlay?.is).toBe("preview");
  const failed: Message = { is: "job-end", job: 2, trouble: { code: "UNAUTHORIZED", says: "log in", next: undefined } };
  expect(played(example(), "d", failed, wanted).model.overlay?.is).toBe("login");
});

it("the siblings are told while tags are listed again after a removal", () => {
  const { model } = played(example(), "d", planned, "y", removed, "esc", {
    is: "tags",
    repository,
    names: tags.slice(1),
  });
  expect(textOf(view(model))).toMatch(/3 1\.4\.0 .*latest/s);
  expect(textOf(view(model))).not.toContain("no other tag shares");
});
