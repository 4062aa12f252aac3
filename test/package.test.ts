import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillWithSamples } from "../src/app/serving/sample-images.ts";
import { serveRegistry } from "../src/app/serving/serve-registry.ts";
import { parseRepositoryName } from "../src/registry/names.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");
const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
const language = ["--module", "nodenext", "--target", "es2023"];
const strict = ["--noEmit", "--strict", ...language, "--skipLibCheck", "false", ...types];
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

describe("the package, packed and installed in an empty folder", () => {
  const place = mkdtempSync(join(tmpdir(), "tagwise-package-"));
  const app = join(place, "app");
  const installed = join(app, "node_modules", "tagwise");
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { cwd: app, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: environment() });
  // npm's own settings of the run that started us are not for the one within
  const environment = () =>
    Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|XDG_|TAGWISE_)/i.test(name)));

  beforeAll(() => {
    mkdirSync(app);
    writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }));
    run("npm", "pack", "--pack-destination", place, root);
    const tarball = join(place, `tagwise-${manifest.version}.tgz`);
    run("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", tarball);
  }, 120_000);
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  it("holds the library, the command line and its papers, and nothing else", () => {
    expect(readdirSync(installed).sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json"]);
    const files = readdirSync(join(installed, "dist"), { recursive: true, encoding: "utf8" });
    expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  it("runs as a command", () => {
    expect(run(join(app, "node_modules", ".bin", "tagwise"), "--version")).toBe(`${manifest.version}\n`);
  });

  it("has all that its commands need", () => {
    const lines = run(join(app, "node_modules", ".bin", "tagwise"), "demo", "-o", "jsonl")
      .trim()
      .split("\n");
    const outcomes = lines.map((line) => JSON.parse(line)).flatMap(({ document }) => document?.tags ?? []);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["removed", "restored"]);
  });

  it.each(Object.keys(manifest.exports))("gives %s to who imports it", (path) => {
    const name = `tagwise${path.slice(1)}`;
    const attributes = path.endsWith(".json") ? ', { with: { type: "json" } }' : "";
    const script = `console.log(Object.keys(await import("${name}"${attributes})).length)`;
    expect(Number(run(process.execPath, "--input-type=module", "--eval", script))).toBeGreaterThan(0);
  });

  const page = readFileSync(join(root, "docs/reference/api.md"), "utf8");
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = ""]) => block);

  it("runs what the reference of the library shows", async () => {
    const served = await serveRegistry({ addr: "127.0.0.1:0", behaveLike: "distribution2" });
    await fillWithSamples(served.registry);
    const here = (text: string) =>
      text.replaceAll("127.0.0.1:5000", new URL(served.url).host).replaceAll("/var/lib/tagwise", join(place, "state"));
    const told: string[] = [];
    for (const block of blocks) {
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", here(block)], {
        cwd: app,
        env: environment(),
      });
      told.push(stdout);
    }
    expect(told).toHaveLength(2);
    expect(JSON.parse(told[1] ?? "")).toMatchObject({
      tags: [{ tag: "test1", outcome: "removed" }],
      proof: "siblings",
    });
    const tags = (await served.registry.listTags(parseRepositoryName("team/alpine"))).items;
    expect(tags).toContain("test1");
    await served.close();
  });

  it("has types that are right, for what its reference shows too", () => {
    const code = `import { openSession, parseImageReference, type Registry, removeTags } from "tagwise";
      const { registry: address } = parseImageReference("127.0.0.1:5000/team/app:v1");
      export const registry: Registry = openSession(address, {}).registry;
      export const remove: typeof removeTags = removeTags;`;
    const files = [code, ...blocks].map((text, index) => {
      writeFileSync(join(app, `use-${index}.ts`), text);
      return `use-${index}.ts`;
    });
    expect(run(process.execPath, tsc, ...strict, ...files)).toBe("");
  });

  it("is as publishers and bundlers expect it", async () => {
    const { messages } = await publint({ pkgDir: installed, strict: true, pack: false });
    expect(messages).toEqual([]);
  });
});
