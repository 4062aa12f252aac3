import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RegistryError } from "../registry/errors.ts";
import { parseRepositoryName } from "../registry/names.ts";
import { lockRepositories } from "./locking.ts";

const [app, other, third] = ["team/app", "team/other", "team/third"].map(parseRepositoryName) as [never, never, never];
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tagwise-locks-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const options = () => ({ directories: [directory], registry: "registry.test", wait: 0, sleep: turn });

describe("lockRepositories()", () => {
  it("locks all or none, whatever the order", async () => {
    const held = await lockRepositories([other], options());
    await expect(lockRepositories([third, other, app], options())).rejects.toMatchObject({ said: "BUSY" });
    for (const free of [app, third]) await (await lockRepositories([free], options())).release();
    await held.release();
    await (await lockRepositories([app, app, other], options())).release();
  });

  it("never lets two that want the same repositories wait for each other", async () => {
    let ended = 0;
    const work = async (repositories: Parameters<typeof lockRepositories>[0]): Promise<void> => {
      const lock = await lockRepositories(repositories, { ...options(), wait: Number.POSITIVE_INFINITY });
      for (let pause = 0; pause < 3; pause++) await turn();
      await lock.release();
      ended++;
    };
    await Promise.all([[app, other], [other, app], [third, app], [app, third, other], [other]].map(work));
    expect(ended).toBe(5);
  });

  it("waits so long for another operation, and then names it and its file", async () => {
    let slept = 0;
    const held = await lockRepositories([app], options());
    const sleep = async (milliseconds: number) => {
      slept += milliseconds;
    };
    const waiting = { ...options(), wait: 1_000, sleep };
    await expect(lockRepositories([app], waiting)).rejects.toMatchObject({
      message: expect.stringContaining(`process ${process.pid}`),
      next: expect.stringContaining(directory),
    });
    expect(slept).toBe(1_000);
    await held.release();
  });

  it("does not touch a lock of another host, and says which file is in the way", async () => {
    await (await lockRepositories([app], options())).release();
    const [file = ""] = await readdir(directory);
    await writeFile(join(directory, file), JSON.stringify({ host: "elsewhere", boot: "", pid: 1, started: "" }));
    const error = await lockRepositories([app], options()).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(RegistryError);
    expect(`${error.message} ${error.next}`).toMatch(new RegExp(`elsewhere.*${file}`));
  });

  it("stops waiting at a signal, and holds nothing then", async () => {
    const held = await lockRepositories([other], options());
    const interruption = new AbortController();
    const sleep = async () => interruption.abort(new Error("interrupted"));
    const waiting = { ...options(), wait: 60_000, sleep, signal: interruption.signal };
    await expect(lockRepositories([app, other], waiting)).rejects.toThrow("interrupted");
    await held.release();
    await (await lockRepositories([app, other], options())).release();
  });

  it("keeps the same repository of two registries apart", async () => {
    const one = await lockRepositories([app], options());
    await (await lockRepositories([app], { ...options(), registry: "other.test" })).release();
    await one.release();
  });
});
