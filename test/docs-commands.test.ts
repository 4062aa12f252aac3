import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { serveRegistry } from "../src/app/serving/serve-registry.ts";
import { buildProgram } from "../src/cli/definitions/program.ts";
import { setScene } from "./scenarios/scene.ts";
import { storageTree } from "./support/storage-tree.ts";
import { newHome, openTerminal } from "./tui/terminal.ts";

const root = resolve(import.meta.dirname, "..");
const textOf = (page: string) => readFileSync(join(root, page), "utf8");
const manifest = JSON.parse(textOf("package.json"));
const scene = setScene({ behaveLike: "distribution2" });

const pages = ["", "docs"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: folder !== "", encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name))
    .sort(),
);

/** The blocks of a page in one language. */
const blocksOf = (page: string, language: string) =>
  [...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, block = ""]) => block,
  );

/** The commands of a page's `sh` blocks, without comments; what is joined by && is two. */
const commandsOf = (page: string) =>
  blocksOf(page, "sh").flatMap((block) =>
    block.split("\n").flatMap((line) => line.replace(/ +#.*/, "").split(" && ").filter(Boolean)),
  );

it("every block of every page is run by a test", () => {
  const found = pages.flatMap((page) => {
    const languages = [...textOf(page).matchAll(/^```(\w+)$/gm)].map(([, language]) => language);
    return languages.length === 0 ? [] : [`${page}: ${[...new Set(languages)].sort().join(" ")}`];
  });
  expect(found).toEqual([
    "CONTRIBUTING.md: sh",
    "README.md: console sh text",
    "docs/guide/by-hand.md: sh", // test/real/by-hand.test.ts
    "docs/guide/credentials.md: console", // console: test/docs.test.ts
    "docs/guide/garbage-collection.md: sh",
    "docs/guide/remove-a-tag.md: console",
    "docs/guide/terminal-ui.md: text yaml",
    "docs/guide/undo-and-recover.md: console",
    "docs/reference/api.md: ts", // test/package.test.ts
    "docs/reference/cli.md: text", // test/docs.test.ts
  ]);
});

describe("README.md", () => {
  it("shows a removal as it is", async () => {
    const [shown = ""] = blocksOf("README.md", "text");
    const [command = "", ...lines] = shown.trimEnd().split("\n");
    const words = command.replace("$ tagwise ", "").replace("127.0.0.1:5000", scene.host()).split(" ");
    const { code, stdout } = await scene.tagwise(words);
    expect(code).toBe(0);
    expect(shapeOf(stdout)).toEqual(shapeOf(lines.join("\n")));
  });

  it("shows a demo that runs", async () => {
    const { stdout } = await promisify(execFile)("npm", ["run", "demo"], { cwd: root });
    expect(stdout).toMatch(/The problem[\s\S]*latest is gone too[\s\S]*The answer[\s\S]*test1 +restored/);
  });
});

describe.each(["README.md", "CONTRIBUTING.md"])("the commands of npm in %s", (page) => {
  it.each(commandsOf(page))("%s", async (command) => {
    const [npm, verb = "", name = "", ...rest] = command.split(" ");
    expect(npm).toBe("npm");
    if (verb === "install") expect(rest).toEqual([manifest.name]);
    else if (verb === "ci") expect(textOf("package-lock.json")).toContain(`"name": "${manifest.name}"`);
    else expect(Object.keys(manifest.scripts)).toContain(verb === "run" ? name : verb);
    if (rest.shift() !== "--" || name !== manifest.name) return;
    expect(manifest.scripts.tagwise).toBe("node --import tsx src/cli/main.ts");
    const words = rest.join(" ").replace("127.0.0.1:5000/team/app", `${scene.host()}/team/shop`);
    expect((await scene.tagwise(words.split(" "))).code).toBe(0);
  });
});

describe("docs/guide/garbage-collection.md", () => {
  const commands = commandsOf("docs/guide/garbage-collection.md");
  const asks = /^tagwise (?:rm|gc (?!runs|restore))/; // a person is there

  it("shows commands", () => expect(commands).toHaveLength(8));

  it.each(commands)("%s", async (command) => {
    const { store, host, close } = await servedStore();
    onTestFinished(close);
    const said = async (words: string) => {
      const { code, stdout, stderr } = await scene.tagwise(words.split(" "));
      expect(code, `${words}\n${stderr}`).toBe(0);
      return stdout;
    };
    if (command.includes("undo")) await said(`rm ${host}/team/app:test1 --yes`);
    const { run } = command.includes("RUN") ? JSON.parse(await said(`gc ${store} --untagged --yes -o json`)) : {};
    const here = command
      .replace("registry.example.com", host)
      .replace("/var/lib/registry", store)
      .replace("RUN", run)
      .replace("docker:registry", "exec:true");
    await said(`${here.replace("tagwise ", "")}${asks.test(command) && !here.includes("--dry-run") ? " --yes" : ""}`);
  });
});

/** A registry on a storage tree that has garbage a week old. */
async function servedStore() {
  const store = newHome();
  const tree = storageTree(store);
  const image = tree.image("team/app", { layers: ["kept"] });
  for (const tag of ["latest", "test1"]) tree.tag("team/app", tag, image);
  tree.image("team/app", { config: { number: 2 }, layers: ["of the untagged"] });
  const served = await serveRegistry({ addr: "127.0.0.1:0", storage: store });
  return { store, host: new URL(served.url).host, close: served.close };
}

describe("docs/guide/terminal-ui.md", { timeout: 40_000 }, () => {
  const page = "docs/guide/terminal-ui.md";
  const [commands = ""] = blocksOf(page, "text");
  const shown: Readonly<Record<string, string>> = {
    tagwise: "HOST/REPOSITORY",
    "tagwise ui HOST": "team/alpine",
    "tagwise ui HOST/REPOSITORY": "3.22",
  };

  it("names the ways to begin", () => {
    const named = commands
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/ {2,}.*/, ""));
    expect(named).toEqual(Object.keys(shown));
  });

  it.each(Object.entries(shown))("%s", async (command, text) => {
    const words = command.replace("HOST", scene.host()).replace("REPOSITORY", "team/alpine").split(" ").slice(1);
    const ui = openTerminal(words, newHome());
    await ui.shows(text);
  });

  it("shows a config file that is one", async () => {
    scene.write("config/tagwise/config.yaml", blocksOf(page, "yaml").join("\n"));
    expect(await scene.tagwise(["ls", scene.host()])).toMatchObject({ code: 0, stderr: "" });
    scene.write("config/tagwise/config.yaml", "");
  });
});

describe("what the pages say in passing", () => {
  const commands = new Map(
    buildProgram().commands.flatMap((command) => [
      [command.name(), command] as const,
      ...command.commands.map((below) => [`${command.name()} ${below.name()}`, below] as const),
    ]),
  );
  const flagsOf = (name: string) => (commands.get(name)?.options ?? []).map(({ long }) => long);
  const said = pages.flatMap((page) =>
    [
      ...textOf(page)
        .replace(/^```[\s\S]*?^```/gm, "")
        .matchAll(/`tagwise ([a-z][^`]*)`/g),
    ].map(([, words = ""]) => words),
  );

  it.each([...new Set(said)])("`tagwise %s` is a command with such flags", (words) => {
    const [first = "", second = ""] = words.split(/\s+/);
    const name = commands.has(`${first} ${second}`) ? `${first} ${second}` : first;
    expect([...commands.keys()]).toContain(name);
    for (const [flag] of words.matchAll(/--[a-z-]+/g)) expect(flagsOf(name)).toContain(flag);
  });
});

/** The words of an output, without widths, digests, names of operations, the host and what somebody counted. */
function shapeOf(text: string): readonly string[] {
  const named = text.replace(/127\.0\.0\.1:\d+/g, "HOST").replace(/sha256:\w+/g, "DIGEST");
  const words = named.replace(/\b[0-9A-Z]{26}\b/g, "OPERATION").replace(/\(\d+ requests\)/, "(N requests)");
  return words.trimEnd().replace(/ +/g, " ").split("\n");
}
