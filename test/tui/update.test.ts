import { describe, expect, it } from "vitest";
import { parseTag } from "../../src/registry/names.ts";
import { keymap } from "../../src/tui/keys/keymap.ts";
import { choices } from "../../src/tui/keys/palette.ts";
import { modeOf } from "../../src/tui/keys/pressing.ts";
import type { Message } from "../../src/tui/message.ts";
import { isMarked, namesOf } from "../../src/tui/model/marks.ts";
import { type Model, tagAtCursor } from "../../src/tui/model/model.ts";
import { update } from "../../src/tui/update.ts";
import { answers, digestOf, empty, example, planFor, played, repository, tags } from "./example.ts";

const cursor = ({ model }: { readonly model: Model }) => model.repository && tagAtCursor(model.repository);
const marked = ({ model }: { readonly model: Model }) =>
  [...namesOf(model.repository?.marks ?? { base: new Set(), flipped: new Set() })].sort();

describe("the keys of the lists", () => {
  it.each<readonly [string, readonly string[], string | undefined]>([
    ["down and up", ["j", "j", "k"], "1.4.0"],
    ["arrows", ["down", "down"], "latest"],
    ["the ends", ["G"], "nightly-2026-11-20"],
    ["not beyond the end", ["G", "j", "page-down"], "nightly-2026-11-20"],
    ["half a page is no deletion", ["ctrl-d"], "nightly-2026-11-20"],
    ["a heading of the groups is no tag", ["b"], undefined],
    ["the tag under a heading", ["b", "j"], "1.4"],
    ["newest first", ["s"], "nightly-2026-11-20"],
  ])("move the cursor: %s", (_, keys, expected) => expect(cursor(played(example(), ...keys))).toBe(expected));

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ["space marks and moves on", ["space", "space"], ["1.4", "1.4.0"]],
    ["space again takes it back", ["space", "k", "space"], []],
    ["a range", ["v", "j", "j", "v"], ["1.4", "1.4.0", "latest"]],
    ["a dropped range", ["v", "j", "esc"], []],
    ["all in the filter", ["/", ..."legacy", "enter", "ctrl-a"], ["legacy", "legacy-2"]],
    ["the rest of the filter", ["space", "*"], tags.filter((tag) => tag !== "1.4").toSorted()],
    ["a whole manifest by its heading", ["b", "space"], ["1.4", "1.4.0", "latest"]],
    ["and none again", ["b", "space", "k", "space"], []],
    ["none after ctrl-n", ["ctrl-a", "ctrl-n"], []],
  ])("mark: %s", (_, keys, expected) => expect(marked(played(example(), ...keys))).toEqual(expected));

  it("scroll a page to its end and no further, so that one key goes back", () => {
    const top = (...keys: readonly string[]) => {
      const { overlay } = played(example({ width: 80, height: 24 }), "?", ...keys).model;
      return overlay?.is === "help" ? overlay.top : undefined;
    };
    const end = top("G") ?? 0;
    expect(end).toBeGreaterThan(10);
    expect(top("G", "j", "page-down")).toBe(end);
    expect(top("G", "k")).toBe(end - 1);
    const detail = played(example({ width: 120, height: 16 }), "l", "G").model.repository?.detailTop ?? 0;
    expect(detail).toBeGreaterThan(0);
    expect(played(example({ width: 120, height: 16 }), "l", "G", "k").model.repository?.detailTop).toBe(detail - 1);
  });

  it("counts what is marked outside the filter", () => {
    const { model } = played(example(), "space", "/", ..."nightly", "enter", "space");
    expect(model.repository?.hiddenMarks).toBe(1);
    expect(model.repository?.marks.size).toBe(2);
  });

  it("leave the cursor on what a filter found where the filter is cleared, and on its row where none was typed", () => {
    const found = played(example(), "/", ..."legacy-2", "enter");
    expect(found.model.repository?.list.length).toBe(1);
    expect(cursor(played(found.model, "esc"))).toBe("legacy-2");
    expect(cursor(played(found.model, "s", "esc"))).toBe("legacy-2");
    expect(cursor(played(example(), "j", "/", "esc"))).toBe("1.4.0");
    const { repositories } = played(example(), "1", "/", ..."web", "esc").model;
    expect(repositories.names[repositories.list.cursor]).toBe("team/web");
    expect(cursor(played(example(), "j", "/", "l"))).toBe("latest");
  });

  it("follow a click into a pane and onto a row", () => {
    const clicked = played(example(), { is: "click", x: 40, y: 6 });
    expect(cursor(clicked)).toBe(tags[3]);
    expect(played(clicked.model, { is: "click", x: 3, y: 2 }).model).toMatchObject({
      focus: "repositories",
      repositories: { list: { cursor: 0 } },
    });
  });

  it("keeps the cursor on its tag where others go, unless it was moved meanwhile", () => {
    const start = played(example(), "j", "j", "R").model;
    const left = tags.filter((tag) => tag !== "1.4");
    const anew: readonly Message[] = [
      { is: "tags", repository, names: left },
      { is: "tags-end", repository },
    ];
    expect(cursor(played(start, ...anew))).toBe("latest");
    expect(cursor(played(start, ...anew.slice(0, 1), "G", ...anew.slice(1)))).toBe(left.at(-1));
  });

  it("keeps marks by name where names come and go", () => {
    const start = played(example(), "G", "space", "R").model;
    const left = tags.filter((tag) => tag !== "1.4");
    const { model } = played(start, { is: "tags", repository, names: left }, { is: "tags-end", repository });
    expect(
      isMarked(model.repository?.marks ?? start.repository?.marks ?? never(), parseTag("nightly-2026-11-20")),
    ).toBe(true);
  });
});

describe("a removal", () => {
  const preview = (...chosen: readonly string[]) => {
    const start = played(example(), "d");
    return played(start.model, { is: "planned", job: 2, plan: planFor(...chosen) }).model;
  };

  it("is only planned by d", () => {
    const { model, effects } = played(example(), "d");
    expect(effects).toEqual([{ do: "plan", job: 2, repository, tags: ["1.4"], proof: "siblings" }]);
    expect(model.overlay?.is).toBe("preview");
  });

  it.each(["enter", "d", "space", "x", "tab", "ctrl-d"])("is not confirmed by %s", (key) => {
    const { effects } = played(preview("1.4"), key);
    expect(effects.map((effect) => effect.do)).not.toContain("confirm");
  });

  it("is confirmed by y once the plan is there, and not before", () => {
    expect(played(example(), "d", "y").model.toast).toContain("wait until the siblings are scanned");
    expect(played(preview("1.4"), "y").effects).toEqual([{ do: "confirm", job: 2 }]);
  });

  it("of many needs the count or the name, then y", () => {
    const many = Array.from({ length: 21 }, (_, index) => parseTag(`t${index}`));
    const lines = planFor("1.4").lines.flatMap((line) => many.map((tag) => ({ ...line, tag })));
    const start = played(example(), "d", { is: "planned", job: 2, plan: { ...planFor("1.4"), lines } }).model;
    for (const word of ["21", repository]) {
      expect(played(start, "y", ...word, "enter").effects).toEqual([]);
      expect(played(start, "y", ...word, "y").effects).toEqual([{ do: "confirm", job: 2 }]);
      expect(played(start, "y", ...word.slice(0, -1), "y").effects).toEqual([]);
    }
  });

  it("on a registry marked as production needs it for one tag as well", () => {
    const start = preview("1.4");
    const production = { ...start, registry: { ...start.registry, isProduction: true } };
    expect(played(production, "y").effects).toEqual([]);
    expect(played(production, "y", "1", "y").effects).toEqual([{ do: "confirm", job: 2 }]);
  });

  it("shows the siblings found so far, and stops the scan for the listing proof", () => {
    const read = { tag: parseTag("latest"), digest: digestOf("release") };
    const event = { kind: "progress", repository, phase: "scanning", done: 1, total: 8, read } as const;
    const { model } = played(example(), "d", { is: "event", job: 2, event });
    expect(model.overlay).toMatchObject({ read: { digests: new Map([["latest", digestOf("release")]]) } });
    const { effects } = played(model, "p");
    expect(effects).toEqual([
      { do: "cancel", job: 2 },
      { do: "plan", job: 3, repository, tags: ["1.4"], proof: "listing" },
    ]);
  });

  it("pasted is nothing: no text of a paste is a key", () => {
    expect(played(preview("1.4"), { is: "paste", text: "y" }).effects).toEqual([]);
    expect(played(example(), { is: "paste", text: "dy" }).model.overlay).toBeUndefined();
    const start = preview("1.4");
    const production = { ...start, registry: { ...start.registry, isProduction: true } };
    expect(played(production, "y", { is: "paste", text: "1" }, { is: "paste", text: "y" }).effects).toEqual([]);
  });
});

describe("the keymap", () => {
  it("gives no key two meanings in a mode, and every act a key and words", () => {
    const seen = new Map<string, string>();
    for (const [name, { keys, in: modes, does }] of Object.entries(keymap)) {
      expect(keys.length).toBeGreaterThan(0);
      expect(does).not.toBe("");
      for (const mode of modes)
        for (const key of keys) {
          expect(`${key} in ${mode} is ${seen.get(`${mode} ${key}`) ?? name}`).toBe(`${key} in ${mode} is ${name}`);
          seen.set(`${mode} ${key}`, name);
        }
    }
  });

  it("gives the palette every act of the lists, by its name first", () => {
    const acts = Object.entries(keymap).filter(([name, act]) => act.in.includes("panes") && name !== "palette");
    expect(choices("").map(([name]) => name)).toEqual(acts.map(([name]) => name));
    for (const [name] of acts) expect(choices(name)[0]?.[0]).toBe(name);
    expect(played(example(), ":", ..."group", "enter").model.repository?.isGrouped).toBe(true);
  });

  it("says why where a key does nothing", () => {
    expect(played(empty(), "d").model.toast).toBe("no repository is open: Enter opens the one under the cursor");
    const readOnly = { ...example(), registry: { ...example().registry, isReadOnly: true } };
    expect(played(readOnly, "d").model.toast).toContain("read-only");
    expect(played(readOnly, "d").effects).toEqual([]);
  });

  it("survives every key in every mode", () => {
    const all = [...new Set(Object.values(keymap).flatMap(({ keys }) => keys)), "ü", "backspace"];
    const openers = ["?", ":", "o", "y", "U", "i", "e", "@", "w", "d", "/", "ctrl-r"];
    for (const opener of [undefined, ...openers])
      for (const first of all)
        for (const start of [example(), empty()]) {
          const { model } = played(start, ...(opener === undefined ? [] : [opener]), first, "j", "enter");
          expect(modeOf(model)).toBeTypeOf("string");
        }
  });
});

describe("answers", () => {
  it("of another repository change nothing that is shown", () => {
    const start = example();
    const late: Message = { is: "tags", repository: "team/gone" as never, names: [parseTag("x")] };
    expect(update(start, late)[0].repository?.book.names).toEqual(tags);
  });

  it("of a catalog that wants a login stand in nobody's way who has a repository open", () => {
    const wanted = { is: "login-wanted", refused: false, isForCatalog: true } as const;
    expect(played(example(), wanted).model.overlay).toBeUndefined();
    expect(played(example(), "1", "R", wanted).model.overlay?.is).toBe("login");
    expect(played(example(), { ...wanted, isForCatalog: false }).model.overlay?.is).toBe("login");
  });

  it("ask for what is in sight once, the tag under the cursor first", () => {
    const { model } = played(empty(), ...answers.slice(0, 5));
    const [next, effects] = update(model, { is: "tags", repository, names: tags });
    expect(effects).toEqual([{ do: "look", repository, tag: "1.4", isTagRead: false, rows: tags }]);
    expect(update(next, { is: "resize", size: next.size })[1]).toEqual([]);
  });
});

function never(): never {
  throw new Error("the repository was closed");
}
