import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { describeDriver } from "../../../test/suites/describe-driver.ts";
import { filesystemDriver } from "./filesystem.ts";

describeDriver("a directory", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tagwise-driver-"));
  return {
    driver: filesystemDriver(directory),
    close: async () => rmSync(directory, { recursive: true, force: true }),
  };
});

it("makes no folder for a file that it could not write", async () => {
  const directory = newDirectory();
  writeFileSync(join(directory, "file"), "");
  const blocked = filesystemDriver(directory, { passing: "file/passing" });
  const files = ["folder/a", "folder/b"].map((path) => ({ path, bytes: new Uint8Array(1) }));
  await expect(blocked.write(files)).rejects.toThrow("ENOTDIR");
  const driver = filesystemDriver(directory, { passing: "passing" });
  const unnamable = { path: `folder/${"x".repeat(300)}`, bytes: new Uint8Array(1) };
  await expect(driver.write([{ folder: "folder", files: [...files, unnamable] }])).rejects.toThrow("ENAMETOOLONG");
  expect(readdirSync(directory, { recursive: true }).sort()).toEqual(["file", "passing"]);
});

it.each([1, 300])(
  "what cannot be read is thrown, be it one of %i files, and never taken for missing",
  async (count) => {
    const directory = newDirectory();
    mkdirSync(join(directory, "folder"));
    const paths = Array.from({ length: count }, (_, place) => (place === 0 ? "folder" : "missing"));
    await expect(filesystemDriver(directory).readAll(paths)).rejects.toMatchObject({
      said: "NOT_A_FILE",
      message: expect.stringContaining(join(directory, "folder")),
    });
  },
);

it("what lies behind a symbolic link to nothing is never taken for missing, however it is asked for", async () => {
  const directory = newDirectory();
  symlinkSync(join(directory, "unmounted"), join(directory, "disk"));
  const driver = filesystemDriver(directory);
  const walk = async () => {
    for await (const _ of driver.walk("disk/folder"));
  };
  for (const ask of [
    () => driver.read("disk/folder/file"),
    () => driver.stat("disk/folder/file"),
    () => driver.list("disk/folder"),
    () => driver.readAll(["disk/folder/file"]),
    () => driver.statAll(["disk/folder/file"]),
    walk,
  ]) {
    await expect(ask()).rejects.toMatchObject({ said: "NOT_REACHED" });
  }
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "tagwise-driver-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
