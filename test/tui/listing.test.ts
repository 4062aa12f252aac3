import { describe, expect, it } from "vitest";
import { parseRepositoryName, parseTag } from "../../src/registry/names.ts";
import type { Message } from "../../src/tui/message.ts";
import { namesOf, noMarks } from "../../src/tui/model/marks.ts";
import { type Model, tagAtCursor } from "../../src/tui/model/model.ts";
import { textOf } from "../../src/tui/screen/cells.ts";
import { view } from "../../src/tui/view.ts";
import { answers, empty, example, played, repository, tags } from "./example.ts";

/** The example while the tags of its repository are still being scanned, by job 1. */
const scanning = played(empty(), ...answers.slice(0, 7)).model;
const anew: readonly Message[] = [
  { is: "tags", repository, names: tags, isAnew: true },
  { is: "tags-end", repository },
];
const web = parseRepositoryName("team/web");
const webListed: readonly Message[] = [
  { is: "tags", repository: web, names: [parseTag("1.0")] },
  { is: "tags-end", repository: web },
];

describe("a scan", () => {
  it("of a repository that was left holds up none of the next one, though it has not ended yet", () => {
    const opened = played(scanning, "1", "G", "enter");
    expect(opened.effects).toContainEqual({ do: "cancel", job: 1 });
    const scan = { do: "scan", job: 2, repository: web, tags: [parseTag("1.0")], withFacts: false };
    expect(played(opened.model, ...webListed).effects).toContainEqual(scan);
  });

  it("begins anew with R, since what it has read is read again", () => {
    const asked = played(scanning, "R");
    expect(asked.effects).toContainEqual({ do: "cancel", job: 1 });
    expect(played(asked.model, ...anew).effects).toContainEqual({
      do: "scan",
      job: 2,
      repository,
      tags,
      withFacts: false,
    });
  });
});

describe("a listing that fails", () => {
  const trouble = { code: "UNREACHABLE", says: "nobody is there", next: undefined };
  const failed: Message = { is: "tags-end", repository, trouble };

  it("takes no marks away, and no cursor from its tag", () => {
    const { model } = played(example(), "j", "space", "R", failed);
    expect(model.repository?.marks.size).toBe(1);
    const names = tags.filter((tag) => tag !== "1.4");
    const back = played(model, "R", { is: "tags", repository, names, isAnew: true }, { is: "tags-end", repository });
    expect(back.model.repository?.marks.size).toBe(1);
    expect(back.model.repository && tagAtCursor(back.model.repository)).toBe("latest");
  });
});

describe("while tags are listed again", () => {
  const again = played(example(), "j", "j", "j", "R", ...anew.slice(0, 1)).model;

  it.each<readonly [string, readonly (Message | string)[], string]>([
    ["a click", [{ is: "click", x: 40, y: 4 }], "1.4.0"],
    ["a mark", ["space"], "legacy-2"],
    ["a filter", ["/", ..."night", "enter", "esc"], "nightly-2026-11-20"],
    ["another order", ["s"], "1.4"],
  ])("%s moves the cursor for good", (_, steps, expected) => {
    const { repository: open } = played(again, ...steps, ...anew.slice(1)).model;
    expect(open && tagAtCursor(open)).toBe(expected);
  });

  it("a range begins where it was begun, whatever comes before it", () => {
    const begun = played(example(), "j", "v", "j").model;
    const { model } = played(begun, { is: "tags", repository, names: [parseTag("0.9")] }, "v");
    expect([...namesOf(model.repository?.marks ?? noMarks)].sort()).toEqual(["1.4.0", "latest"]);
  });
});

it("the detail of the next tag begins at its top after a mark", () => {
  const { model } = played(example({ width: 120, height: 16 }), "l", "G", "h", "space");
  expect(model.repository?.detailTop).toBe(0);
});

describe("marks of a repository that was left", () => {
  const ofRow = (model: Model) =>
    textOf(view(model))
      .split("\n")
      .find((row) => /│.*team\/shop/.test(row)) ?? "";

  it("are shown in the list of repositories until it is opened again", () => {
    const left = played(example(), "space", "1", "G", "enter", ...webListed, "1").model;
    expect(ofRow(left)).toContain("●team/shop");
    const back = played(left, "k", "enter", ...anew, "ctrl-n", "1").model;
    expect(back.repository?.name).toBe(repository);
    expect(ofRow(back)).not.toContain("●team/shop");
  });

  it("are there again after a login", () => {
    const start: Message = { is: "start", repository: undefined, recents: [] };
    const { model } = played(example(), "space", start, ...anew);
    expect(model.repository?.marks.size).toBe(1);
  });
});
