import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openStore } from "./store.ts";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "tagwise-store-")));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;

describe("a store", () => {
  it("is one and the same by whatever name: its own, a symbolic link's, or a configuration's", async () => {
    const directory = newFolder("docker/registry/v2");
    const link = join(scratch, "link");
    symlinkSync(directory, link);
    const config = newConfig(`storage: { filesystem: { rootdirectory: ${link} } }`);
    for (const place of [directory, link, `${directory}/docker/..`, config]) {
      expect([place, (await openStore(place, {})).name]).toEqual([place, directory]);
    }
  });

  it("may be a directory with nothing in it: a registry that has not begun", async () => {
    const directory = newFolder(".");
    expect(await openStore(directory, {})).toMatchObject({ name: directory, kind: "filesystem" });
  });

  it("is no directory that holds something else, and the refusal says what was looked for", async () => {
    const directory = newFolder("registry/v2/repositories");
    const refused = { said: "STORE_UNKNOWN", message: expect.stringContaining(join(directory, "docker/registry/v2")) };
    await expect(openStore(directory, {})).rejects.toMatchObject(refused);
    const config = newConfig(`storage: { filesystem: { rootdirectory: ${directory} } }`);
    await expect(openStore(config, {})).rejects.toMatchObject(refused);
  });

  it.each([
    ["a directory that is not there", "storage: { filesystem: { rootdirectory: /no/such } }", '"/no/such"'],
    ["no YAML", "storage: { filesystem", "at line 1"],
    ["a directory that is no text", "storage: { filesystem: { rootdirectory: 5 } }", "rootdirectory must be"],
    ["a bucket without a name", "storage: { s3: { region: eu } }", "storage.s3.bucket is missing"],
    ["a storage that nobody knows", "storage: { azure: {} }", "neither in a directory nor on S3"],
  ])("is no configuration with %s: it is refused by its name", async (_what, text, says) => {
    const config = newConfig(text);
    const error = await openStore(config, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ said: "STORE_UNKNOWN", next: expect.stringContaining("config.yml") });
    expect(error).toMatchObject({ message: expect.stringContaining(config) });
    expect(error).toMatchObject({ message: expect.stringContaining(says) });
  });

  it.each([
    "  s3: { bucket: [, secretkey: hidden }",
    "  s3: { bucket: b, secretkey: [hidden] }",
    "  s3: { secretkey: hidden }",
  ])("keeps the keys of a configuration to itself when it refuses it: %s", async (text) => {
    const error = await openStore(newConfig(`storage:\n${text}`), {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ said: "STORE_UNKNOWN", message: expect.not.stringContaining("hidden") });
  });
});

function newFolder(within: string): string {
  const directory = join(scratch, `${++count}`);
  mkdirSync(join(directory, within), { recursive: true });
  return directory;
}

function newConfig(text: string): string {
  const file = join(scratch, `config-${++count}.yml`);
  writeFileSync(file, text);
  return file;
}
