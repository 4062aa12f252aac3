import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withKeyTables } from "../../scripts/keys.ts";
import { previewPicture, readmePicture } from "../../scripts/picture.ts";

const textOf = (page: string) => readFileSync(new URL(`../../${page}`, import.meta.url), "utf8");

it("the guide names the keys of the keymap", () => {
  const guide = textOf("docs/guide/terminal-ui.md");
  expect(guide, "run: node --import tsx scripts/keys.ts").toBe(withKeyTables(guide));
  expect(guide).toContain("| `d` | remove |");
});

it("the pictures show the screen as it is drawn", () => {
  const how = "run: node --import tsx scripts/picture.ts";
  expect(textOf("docs/tui.svg"), how).toBe(readmePicture());
  expect(textOf("docs/tui-preview.svg"), how).toBe(previewPicture());
});
