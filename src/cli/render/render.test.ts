import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { few } from "../../support/few.ts";
import { formatInspection } from "./inspection.ts";
import { formatStep, progressLine } from "./progress.ts";
import { formatRemoval } from "./removal.ts";
import { styleFor } from "./style.ts";
import { formatTable, widthOf } from "./table.ts";
import { formatTags } from "./tags.ts";
import { formatAge } from "./words.ts";

describe("formatAge()", () => {
  const now = new Date("2026-11-24T12:00:00Z");
  it.each([
    ["2026-11-24T11:59:40Z", "just now"],
    ["2026-11-24T11:58:59Z", "1 minute ago"],
    ["2026-11-22T11:00:00Z", "2 days ago"],
    ["2025-01-01T00:00:00Z", "1 year ago"],
    ["1970-01-01T00:00:00Z", "56 years ago"],
    ["2031-01-01T00:00:00Z", "2031-01-01"],
  ])("%s", (time, text) => {
    expect(formatAge(time, now)).toBe(text);
  });
});

describe("few()", () => {
  it.each([
    [["a"], "a"],
    [["a", "b", "c"], "a, b, c"], // "and 1 more" would be as long
    [["a", "b", "c", "d"], "a, b and 2 more"],
  ])("%j", (names, text) => {
    expect(few(names, 2)).toBe(text);
  });

  it("counts what it was not given", () => {
    expect(few(["a", "b", "c"], 2, 1_000)).toBe("a, b and 998 more");
  });
});

describe("formatTable()", () => {
  it("lines up wide characters, and lets nothing steer the terminal", () => {
    const table = formatTable(
      [{ title: "A" }, { title: "N", align: "right" }],
      [
        ["日本", "1"],
        ["\u001b[31m", "22"],
      ],
    );
    expect(table).not.toContain("\u001b");
    const [title = "", wide = "", hidden = ""] = table.split("\n");
    expect(widthOf(wide)).toBe(widthOf(hidden));
    expect(widthOf(title)).toBe(widthOf(hidden));
  });

  it("shows what cannot be known as a question mark", () => {
    const unknown = { mediaType: null, kind: null, size: null, created: null, platforms: null, siblings: null };
    const [, row] = formatTags([{ tag: "v1", digest: null, ...unknown }], { now: new Date() }).split("\n");
    expect(row?.split(/ +/)).toEqual(["v1", "?", "?", "?", "?", "?", "?"]);
  });
});

describe("formatRemoval()", () => {
  const tag = { repository: "r.example/app", tag: "v1", digest: null, strategy: "native", siblings: [] };
  const rest = { operation: "01J", proof: "siblings", moved: [], restored: [], requests: 4, milliseconds: 9 } as const;
  it.each([
    { outcome: "removed", undoable: true, says: "To put back: tagwise undo 01J", hides: "undo cannot" },
    {
      outcome: "removed",
      undoable: false,
      says: "r.example/app:v1: undo cannot put it back",
      hides: "No byte is freed",
    },
    { outcome: "planned", undoable: false, says: "r.example/app:v1: undo could not put it back", hides: "Proven" },
  ] as const)("says of a tag that is $outcome, undoable: $undoable", ({ outcome, undoable, says, hides }) => {
    const tags = [{ ...tag, outcome, undoable }];
    const text = formatRemoval({ ...rest, dryRun: outcome === "planned", tags }, styleFor({}));
    expect(text).toContain(says);
    expect(text).not.toContain(hides);
  });

  it("leaves out a column of which no tag says anything", () => {
    const absent = { ...tag, strategy: null, outcome: "absent", undoable: false } as const;
    const [titles] = formatRemoval({ ...rest, dryRun: false, tags: [absent] }, styleFor({})).split("\n");
    expect(titles).toMatch(/^TAG +OUTCOME$/);
  });
});

describe("formatInspection()", () => {
  it("names annotations and labels each, and says where labels cannot be known", () => {
    const document = {
      repository: "r.example/app",
      reference: "v1",
      digest: `sha256:${"a".repeat(64)}`,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      kind: "image",
      size: 2,
      annotations: { one: "1", same: "a" },
      siblings: [],
      referrers: [],
    } as const;
    const config = { digest: document.digest, created: null, platform: null };
    const linesWith = (labels: Readonly<Record<string, string>> | null) =>
      formatInspection({ ...document, config: { ...config, labels } }, styleFor({}), { now: new Date() }).split("\n");
    expect(linesWith({ same: "b" }).slice(-3)).toEqual([
      "labels       same=b",
      "annotations  one=1",
      "             same=a",
    ]);
    expect(linesWith(null).at(-3)).toBe("labels       ?");
  });
});

describe("progressLine()", () => {
  const step = { subject: "team/app", doing: "reading tags", done: 50, total: 100 };

  it("writes nothing but notes where no terminal reads, and not even those when quiet", () => {
    for (const [quiet, expected] of [
      [false, "team/app: \\u{1b}[2J\n"],
      [true, ""],
    ] as const) {
      const stream = Object.assign(new PassThrough(), { isTTY: false });
      const progress = progressLine({ quiet }, stream);
      progress.show(step);
      progress.note("team/app", "\u001b[2J");
      progress.clear();
      expect(stream.read()?.toString() ?? "").toBe(expected);
    }
  });

  it.each([
    [step, 10, "team/app: reading tags 50 of 100, 5 a second, 10 s left"],
    [{ ...step, total: 1 }, 10, "team/app: reading tags …"],
    [{ ...step, done: 0 }, 0, "team/app: reading tags 0 of 100"],
    [{ ...step, total: undefined }, 10, "team/app: reading tags, 50 so far, 5 a second"],
  ])("%j", (shown, seconds, text) => {
    expect(formatStep(shown, seconds)).toBe(text);
  });

  it("shows the end of a subject for which the terminal is too narrow, and fills no last column", () => {
    const long = { ...step, subject: "a-team-with-a-long-name/and-an-application" };
    expect(formatStep(long, 10, 60)).toBe("…application: reading tags 50 of 100, 5 a second, 10 s left");
    for (const columns of [1, 20, 60, 80]) expect(formatStep(step, 10, columns)).toContain("50 of 100");
  });
});
