import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { cliReference } from "../scripts/reference.ts";
import { settingNames } from "../src/cli/config-file.ts";
import { setScene } from "./scenarios/scene.ts";

const root = resolve(import.meta.dirname, "..");
const textOf = (page: string) => readFileSync(join(root, page), "utf8");
const pages = ["README.md", ...readdirSync(join(root, "docs/guide")).map((name) => `docs/guide/${name}`)];

/** The command lines that a page shows: in `console` blocks, behind a `$`. */
const commandsOf = (page: string) =>
  [...textOf(page).matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
    [...block.matchAll(/^\$ tagwise (.*)$/gm)].map(([, words = ""]) => words),
  );

it("shows commands at all", () => expect(pages.flatMap(commandsOf).length).toBeGreaterThan(10));

describe.each(pages.filter((page) => commandsOf(page).length > 0))(
  "every command in %s works, one after the other",
  (page) => {
    const scene = setScene({ behaveLike: "distribution2" });

    it.each(commandsOf(page).map((command) => ({ command })))("$command", async ({ command }) => {
      const here = command.replaceAll("127.0.0.1:5000", scene.host()).replaceAll("'", "");
      const { code, stderr } = await scene.tagwise(here.split(" "));
      expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    });
  },
);

describe("the pages", () => {
  it("name every setting of the config file, and none that it does not take", () => {
    const rows = textOf("docs/reference/settings.md").match(/^\| `.*$/gm) ?? [];
    const keys = rows.flatMap((row) => [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, key]) => key));
    expect(keys.sort()).toEqual([...settingNames].sort());
  });

  it("hold the reference that the commands give", () => {
    expect(textOf("docs/reference/cli.md"), "run: node --import tsx scripts/reference.ts").toBe(cliReference());
  });

  const every = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`);

  it.each([
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    ...every.filter((name) => name.endsWith(".md")),
  ])("%s links to pages that are there", (page) => {
    const targets = [...textOf(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = ""]) => target);
    const missing = targets.filter((target) => !exists(resolve(root, page, "..", target)));
    expect(missing).toEqual([]);
  });
});

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
