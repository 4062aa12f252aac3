import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeOf, isFilled, isMissing, isNoSuchPath } from "./system-error.ts";

describe("an error of the system", () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "system-error-"));
    await mkdir(join(root, "folder"));
    await writeFile(join(root, "folder", "file"), "");
  });
  afterAll(() => rm(root, { recursive: true }));

  it.each([
    { what: "no file", fail: () => readFile(join(root, "none")), is: [true, true, false] },
    { what: "a file on the way", fail: () => readFile(join(root, "folder/file/none")), is: [false, true, false] },
    { what: "a folder with something in it", fail: () => rmdir(join(root, "folder")), is: [false, false, true] },
    { what: "a folder that is there", fail: () => mkdir(join(root, "folder")), is: [false, false, true] },
    { what: "no file but a folder", fail: () => readFile(root), is: [false, false, false] },
  ])("$what is told from all others", async ({ fail, is }) => {
    const error: unknown = await fail().catch((cause) => cause);
    expect([isMissing(error), isNoSuchPath(error), isFilled(error)]).toEqual(is);
  });

  it.each([new Error("ENOENT"), Object.assign(new Error("a number"), { code: 2 }), { code: "ENOENT" }, "ENOENT", null])(
    "%o has no code",
    (thrown) => expect(codeOf(thrown)).toBeUndefined(),
  );

  it("keeps its code", async () => {
    expect(await readFile(root).catch(codeOf)).toBe("EISDIR");
  });
});
