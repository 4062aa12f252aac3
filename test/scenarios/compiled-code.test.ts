import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { setScene } from "./scene.ts";

describe("compiled code is kept for the next run", () => {
  const scene = setScene();
  const folder = () => join(cache(), `tagwise/code/${process.version}-${process.arch}`);
  const file = () => join(folder(), "tags.bin");
  let run = 0;
  const cache = () => join(scene.home, `cache-${run}`);

  beforeEach(() => {
    run++;
  });

  const tags = (environment = {}, ...flags: string[]) =>
    scene.tagwise(["tags", "--fast", ...flags, `${scene.host()}/team/alpine`], {
      environment: { XDG_CACHE_HOME: cache(), ...environment },
    });

  async function expectTags(...given: Parameters<typeof tags>): Promise<void> {
    const { code, stdout, stderr } = await tags(...given);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^TAG +DIGEST\n(?:.*\n)*latest +sha256:/);
  }

  it("in a file that nobody else may write, written once", async () => {
    await expectTags();
    const { ino, mode, size } = statSync(file());
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBeGreaterThan(100_000);
    await expectTags();
    expect(statSync(file())).toMatchObject({ ino, size });
    expect(readdirSync(folder())).toEqual(["tags.bin"]);
  });

  it.each([
    ["cut off", () => truncateSync(file(), 70_000)],
    ["empty", () => truncateSync(file(), 0)],
    ["something else", () => writeFileSync(file(), "no code at all, but long enough to hold an index")],
    ["writable by others", () => chmodSync(file(), 0o666)],
  ])("is made anew where the file is %s", async (_what, spoil) => {
    await expectTags();
    const { size } = statSync(file());
    spoil();
    await expectTags();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(Math.abs(statSync(file()).size - size)).toBeLessThan(size / 20);
    await expectTags();
  });

  it("is made anew where a command has loaded more than before", async () => {
    const environment = { XDG_CACHE_HOME: cache() };
    expect((await scene.tagwise(["tags", "--help"], { environment })).code).toBe(0);
    const { size } = statSync(file());
    await expectTags();
    expect(statSync(file()).size).toBeGreaterThan(size * 2);
  });

  it("of this version of Node alone", async () => {
    const other = join(cache(), "tagwise/code/v1.2.3-x64");
    mkdirSync(other, { recursive: true });
    await expectTags();
    expect(existsSync(other)).toBe(false);
    expect(existsSync(file())).toBe(true);
  });

  it.each([
    ["TAGWISE_CACHE=off", { TAGWISE_CACHE: "off" }, []],
    ["--no-cache", {}, ["--no-cache"]],
    ["NODE_DISABLE_COMPILE_CACHE=1", { NODE_DISABLE_COMPILE_CACHE: "1" }, []],
  ])("but not with %s", async (_what, environment, flags) => {
    await expectTags(environment, ...flags);
    expect(existsSync(join(cache(), "tagwise/code"))).toBe(false);
  });

  it("but not of a command that failed, nor under a name that is no command's", async () => {
    const environment = { XDG_CACHE_HOME: cache() };
    expect((await scene.tagwise(["tags", "a", "b"], { environment })).code).toBe(2);
    expect((await scene.tagwise(["../tags"], { environment })).code).toBe(2);
    expect((await scene.tagwise(["--version"], { environment })).code).toBe(0);
    expect(existsSync(join(cache(), "tagwise/code"))).toBe(false);
  });

  it("goes on where the cache cannot be written", async () => {
    mkdirSync(cache(), { recursive: true });
    writeFileSync(join(cache(), "tagwise"), "a file in the place of the folder");
    await expectTags();
  });
});
