import { describe, expect, it } from "vitest";
import { parseTag } from "../../src/registry/names.ts";
import type { Model } from "../../src/tui/model/model.ts";
import { type Cells, textOf } from "../../src/tui/screen/cells.ts";
import { bold, reverse } from "../../src/tui/screen/style.ts";
import { view } from "../../src/tui/view.ts";
import { digestOf, empty, example, planFor, played, repository, tags } from "./example.ts";

const sizes = {
  "80x24": { width: 80, height: 24 },
  "120x40": { width: 120, height: 40 },
  "200x60": { width: 200, height: 60 },
  "60x20": { width: 60, height: 20 },
};

/** The text, and below it where the cells are bold or reversed: what is left without colours. */
function golden(model: Model): string {
  const cells = view(model);
  return `${textOf(cells)}\n${"=".repeat(20)} b bold, r reversed, B both\n${attributes(cells)}\n`;
}

function attributes({ styles, width, height }: Cells): string {
  const rows = Array.from({ length: height }, (_, y) => {
    const signs = Array.from(
      styles.slice(y * width, (y + 1) * width),
      (style) => [" ", "b", "r", "B"][(style & bold ? 1 : 0) + (style & reverse ? 2 : 0)],
    );
    return signs.join("").trimEnd();
  });
  return rows.join("\n");
}

describe("view()", () => {
  it.each(Object.entries(sizes))("draws tags, some marked, at %s", async (name, size) => {
    const { model } = played(example(size), "space", "space");
    await expect(golden(model)).toMatchFileSnapshot(`goldens/tags-${name}.txt`);
  });

  it.each<readonly [string, readonly string[]]>([
    ["grouped", ["b"]],
    ["filtered", ["space", "/", ..."nightly"]],
    ["palette", [":", ..."copy"]],
    ["help", ["?"]],
    ["read", ["l"]],
  ])("draws %s", async (name, keys) => {
    const { model } = played(example(sizes["120x40"]), ...keys);
    await expect(golden(model)).toMatchFileSnapshot(`goldens/${name}.txt`);
  });

  it("draws the preview of a removal: what goes, what stays and why", async () => {
    const chosen = played(example(sizes["120x40"]), "space", "space", "G", "space", "d").model;
    const { model } = played(chosen, { is: "planned", job: 2, plan: planFor("1.4", "1.4.0", "nightly-2026-11-20") });
    await expect(golden(model)).toMatchFileSnapshot("goldens/preview.txt");
  });

  it("draws the date instead of the size where there is no room for both, and the date is what sorts", () => {
    const text = (...keys: readonly string[]) => textOf(view(played(example(sizes["80x24"]), ...keys).model));
    expect(text()).toMatch(/TAG +SIZE SHARE.*legacy-2 +3.9M +×2/s);
    expect(text("s")).toMatch(
      /TAG, newest first +CREATED +SHARE.*nightly-2026-11-20 +2026-11-20.*legacy-2 +2026-08-19 +×2/s,
    );
  });

  it.each([
    { siblings: [], says: "nothing will lead to sha256-x.sig" },
    { siblings: undefined, says: "stays: sha256-x.sig, named after this manifest" },
  ])("draws below a tag with siblings $siblings what is named after its manifest", ({ siblings, says }) => {
    const plan = planFor("1.4");
    const lines = plan.lines.map((line) => ({ ...line, siblings, leftBehind: ["sha256-x.sig"] }));
    const { model } = played(example(sizes["120x40"]), "d", { is: "planned", job: 2, plan: { ...plan, lines } });
    expect(textOf(view(model))).toMatch(new RegExp(`goes +1\\.4 .*\n.* ${says}`));
  });

  it("tells in a preview that does not fit where one is in it", () => {
    const start = (height: number) => example({ width: 80, height });
    const planned = { is: "planned", job: 2, plan: planFor(...tags) } as const;
    const shown = (height: number, ...keys: readonly string[]) =>
      textOf(view(played(start(height), "d", planned, ...keys).model));
    expect(shown(14)).toMatch(/ 1-\d of 6 ─┘/);
    expect(shown(14, "G")).toMatch(/ \d-6 of 6 ─┘/);
    expect(shown(24)).not.toContain(" of 6 ");
  });

  it("looks at no more of a large plan for a key than is shown or passed by", () => {
    const [line] = planFor("1.4").lines;
    if (line?.act !== "remove") throw new Error("the tag of the example is not removed");
    let looked = 0;
    const counts = new Map<string, number>();
    const lines = Array.from({ length: 20_000 }, (_, index) => ({
      ...line,
      tag: parseTag(`t${index}`),
      get siblings() {
        looked++;
        return line.siblings;
      },
    }));
    const planned = { is: "planned", job: 2, plan: { ...planFor("1.4"), lines } } as const;
    let { model } = played(example(), "d", planned);
    view(model);
    for (const key of ["j", "page-down", "ctrl-d", "G", "k", "page-up", "g", "y", "2", "esc", "j"]) {
      looked = 0;
      model = played(model, key).model;
      view(model);
      expect(looked, `lines of the plan for ${key}`).toBeLessThan(8 * model.size.height);
      counts.set(key, looked);
    }
    expect(counts.get("page-down")).toBeGreaterThan(0);
  });

  it("draws a preview anew where the window has changed, or what is known of a manifest", () => {
    const planned = { is: "planned", job: 2, plan: planFor("1.4") } as const;
    const { model } = played(example(sizes["120x40"]), "d", planned);
    expect(textOf(view(model))).toMatch(/goes .*linux\/amd64 .*latest/);
    const narrow = played(model, { is: "resize", size: sizes["60x20"] }).model;
    expect(textOf(view(narrow))).toMatch(/goes .*linux\/amd64 .*\n.*latest/);
    const facts = {
      mediaType: undefined,
      kind: "image",
      size: 1,
      created: undefined,
      platforms: ["linux/s390x"],
      gaps: [],
    } as const;
    const row = { tag: parseTag("1.4"), digest: digestOf("release"), facts };
    const read = played(narrow, { is: "rows", repository, rows: [row] }).model;
    expect(textOf(view(read))).toMatch(/goes .*linux\/s390x/);
  });

  it("draws with ASCII where asked", async () => {
    const ascii = { colour: false, ascii: true };
    await expect(golden(played(example(sizes["80x24"], ascii), "space").model)).toMatchFileSnapshot(
      "goldens/ascii.txt",
    );
  });

  it("draws nothing but a word where it is too small, and never throws at any size", () => {
    expect(textOf(view(empty({ width: 39, height: 24 })))).toMatch(/^too small/);
    for (let width = 1; width < 130; width += 3)
      for (let height = 1; height < 45; height += 4)
        for (const keys of [[], ["?"], ["d"], [":"], ["U"], ["o"]])
          view(played(example({ width, height }), ...keys).model);
  });
});
