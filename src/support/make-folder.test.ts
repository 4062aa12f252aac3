import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder } from "./make-folder.ts";
import { makeFolderNow } from "./make-folder-now.ts";

describe("makeFolder()", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "make-folder-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  it("makes all that is missing, and is content with what is there", async () => {
    const path = join(root, "a", "b", "c");
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(root, "a", "b"))]);
    await makeFolder(path);
    expect(await readdir(join(root, "a", "b"))).toEqual(["c"]);
  });

  it("takes a link to a folder for one, and nothing else", async () => {
    await symlink(root, join(root, "link"));
    await symlink(join(root, "nowhere"), join(root, "dangling"));
    await writeFile(join(root, "file"), "");
    await makeFolder(join(root, "link"));
    await expect(makeFolder(join(root, "dangling"))).rejects.toMatchObject({ code: "EEXIST" });
    await expect(makeFolder(join(root, "file"))).rejects.toMatchObject({ code: "EEXIST" });
    await expect(makeFolder(join(root, "file", "a"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it.runIf(process.platform === "linux")("ends where nothing can be made", async () => {
    await expect(makeFolder("/proc/tagwise/a/b")).rejects.toMatchObject({ code: "ENOENT" });
    expect(() => makeFolderNow("/proc/tagwise/a/b")).toThrow("ENOENT");
  });

  it("does the same in one go, and says whether there was something to make", async () => {
    expect([makeFolderNow(join(root, "a", "b")), makeFolderNow(join(root, "a", "b"))]).toEqual([true, false]);
    await writeFile(join(root, "file"), "");
    expect(() => makeFolderNow(join(root, "file"))).toThrow("EEXIST");
    expect(() => makeFolderNow(join(root, "file", "a"))).toThrow("ENOTDIR");
  });
});
