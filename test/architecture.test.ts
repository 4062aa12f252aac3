import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

/** Which rooms a room may import from, besides itself: only downwards, and peers not from each other. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  support: [],
  registry: [],
  wire: ["registry", "support"],
  http: ["registry", "wire", "support"],
  memory: ["registry", "support"],
  distribution: ["registry", "support"],
  decorators: ["registry", "wire", "support"],
  untag: ["registry", "support"],
  gc: ["registry", "support", "distribution"],
  app: ["registry", "wire", "support", "http", "memory", "distribution", "decorators", "untag", "gc"],
  tui: ["registry", "support", "app", "untag", "gc"],
  cli: ["registry", "support", "app", "untag", "gc", "http", "tui"],
  ".": ["registry", "wire", "support", "http", "memory", "distribution", "decorators", "untag", "gc", "app"],
};

const root = resolve(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const sources = files.filter((file) => !file.endsWith(".test.ts"));
const roomOf = (file: string) => (file.includes("/") ? (file.split("/")[0] ?? "") : ".");
const textOf = (file: string) => readFileSync(join(root, file), "utf8");

describe("the architecture", () => {
  it("has files to look at", () => expect(sources.length).toBeGreaterThan(50));

  it.each(Object.keys(mayImport))("%s imports only what lies below it", (room) => {
    const strangers = sources
      .filter((file) => roomOf(file) === room)
      .flatMap((file) => importsOf(file).map((target) => ({ file, room: roomOf(target), target })))
      .filter((found) => found.room !== room && !mayImport[room]?.includes(found.room));
    expect(strangers).toEqual([]);
  });

  it("knows every room", () => {
    expect([...new Set(sources.map(roomOf))].filter((room) => !(room in mayImport))).toEqual([]);
  });

  it("has no file above 250 lines", () => {
    const all = ["src", "test", "bench", "scripts"].flatMap((folder) =>
      readdirSync(join(root, "..", folder), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.[cm]?[jt]s$/.test(file))
        .map((file) => join("..", folder, file)),
    );
    expect(all.length).toBeGreaterThan(files.length);
    expect(all.filter((file) => textOf(file).split("\n").length > 251)).toEqual([]);
  });

  it("reads the environment only in the command line", () => {
    expect(sources.filter((file) => roomOf(file) !== "cli" && /\bprocess\.env\b/.test(textOf(file)))).toEqual([]);
  });

  it("knows the storage layout in one file", () => {
    const storage = sources.filter((file) => ["distribution", "gc"].includes(roomOf(file)));
    const knowing = storage.filter((file) => /["'`/](_manifests|_layers|_uploads)\b/.test(textOf(file)));
    expect(knowing).toEqual(["distribution/paths.ts"]);
  });

  it("writes JSON to a terminal by printableJson() alone", () => {
    const writing = sources.filter((file) => roomOf(file) === "cli" && /JSON\.stringify\(.*\\n`/.test(textOf(file)));
    expect(writing).toEqual([]);
  });

  it("casts nothing away and silences no check", () => {
    expect(sources.filter((file) => /\bas any\b|: any\b|as unknown as|@ts-|biome-ignore/.test(textOf(file)))).toEqual(
      [],
    );
  });
});

function importsOf(file: string): string[] {
  const targets = [...textOf(file).matchAll(/(?:from|import\(?)\s*"(\.[^"]+)"/g)].map(([, target]) => target ?? "");
  return targets.map((target) => relative(root, join(root, dirname(file), target)).replaceAll("\\", "/"));
}
