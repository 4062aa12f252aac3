import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Lock, tryLock, tryLocks } from "./lock.ts";
import { identityOf } from "./process-identity.ts";

const holder = fileURLToPath(new URL("../../test/support/lock-holder.ts", import.meta.url));
let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tagwise-lock-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
});

function start(rounds: number): ChildProcess {
  const child = spawn(process.execPath, ["--import", "tsx", holder, directory, String(rounds)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return child;
}

const request = () => ({ directory, name: "name" });

async function take(): Promise<Lock> {
  const lock = await tryLock(request());
  if ("release" in lock) return lock;
  throw new Error(`held by ${JSON.stringify(lock)}`);
}

describe("tryLocks()", () => {
  const inFolders = (...names: string[]) => ({ directories: names.map((name) => join(directory, name)), name: "name" });

  it("meets whoever knows but one of its folders, and holds none then", async () => {
    const one = await tryLocks(inFolders("b"));
    expect(await tryLocks(inFolders("a", "b"))).toMatchObject({ pid: process.pid });
    const other = await tryLocks(inFolders("a"));
    for (const lock of [one, other]) if ("release" in lock) await lock.release();
    expect("release" in (await tryLocks(inFolders("a", "b")))).toBe(true);
  });

  it("does with one folder where nothing can be made in the other, and not with none", async () => {
    await writeFile(join(directory, "file"), "");
    expect("release" in (await tryLocks(inFolders("file/x", "b")))).toBe(true);
    await expect(tryLocks(inFolders("file/x", "file/y"))).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});

describe("tryLock()", () => {
  it("takes an emptied file for free, also another user's that it may not read", async () => {
    await writeFile(join(directory, "name.3"), "", { mode: 0o000 });
    await (await take()).release();
    await writeFile(join(directory, "name.7"), "nobody's", { mode: 0o000 });
    expect(await tryLock(request())).toMatchObject({ pid: 0, file: join(directory, "name.7") });
  });

  it("lets one process in at a time, of many that contend, and leaves one file", async () => {
    const [processes, rounds] = [5, 12];
    const ends = await Promise.all(Array.from({ length: processes }, () => once(start(rounds), "exit")));
    expect(ends.map(([code]) => code)).toEqual(Array(processes).fill(0));
    expect((await readFile(join(directory, "rounds"), "utf8")).length).toBe(processes * rounds);
    expect((await readdir(directory)).sort()).toEqual([expect.stringMatching(/^name\.\d+$/), "rounds"]);
  });

  it("lets many callers of one process in one at a time", async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      for (let done = 0; done < 5; ) {
        const lock = await tryLock(request());
        if (!("release" in lock)) {
          await new Promise((resolve) => setImmediate(resolve));
          continue;
        }
        most = Math.max(most, ++inside);
        await stat(directory);
        inside--;
        await lock.release();
        done++;
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect(most).toBe(1);
  });

  it("tells who holds it, and is free again after the release", async () => {
    const lock = await take();
    const found = await tryLock(request());
    expect(found).toMatchObject({ pid: process.pid, host: hostname(), file: join(directory, "name.1") });
    await lock.release();
    await (await take()).release();
  });

  it("takes it over from a process that was killed, and clears up what that left", async () => {
    const child = start(0);
    await once(child.stdout ?? child, "data");
    expect(await tryLock(request())).toMatchObject({ pid: child.pid });
    await writeFile(join(directory, "name.draft-left-behind"), "");
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await take()).release();
    expect(await readdir(directory)).toEqual(["name.2"]);
  });

  it.each([
    { whose: "of a process whose number was given to another", change: { started: "1" } },
    { whose: "of a process that no longer runs", change: { pid: 2 ** 22 - 1 } },
    { whose: "from before the machine started", change: { boot: "another" } },
  ])("takes over one $whose", async ({ change }) => {
    await writeFile(join(directory, "name.7"), JSON.stringify({ ...(await identityOf(process.pid)), ...change }));
    await (await take()).release();
    expect(await readdir(directory)).toEqual(["name.8"]);
  });

  it.each([
    {
      whose: "of another host",
      text: async () => JSON.stringify({ ...(await identityOf(1)), host: "elsewhere", pid: 2 ** 22 }),
    },
    {
      whose: "of another container, whose number no process has here",
      text: async () => JSON.stringify({ ...(await identityOf(1)), namespace: "pid:[1]", pid: 2 ** 22 }),
    },
    { whose: "of this process", text: async () => JSON.stringify(await identityOf(process.pid)) },
    { whose: "that says nothing", text: async () => "{" },
    { whose: "that says null", text: async () => "null" },
    { whose: "that says other things", text: async () => "{}" },
  ])("does not take over one $whose", async ({ text }) => {
    const file = join(directory, "name.7");
    await writeFile(file, await text());
    expect(await tryLock(request())).toMatchObject({ file });
    expect(await readdir(directory)).toEqual(["name.7"]);
  });

  it("does not take over one that it may not read", async () => {
    await rm(directory, { recursive: true });
    directory = await mkdtemp(join(tmpdir(), "tagwise-lock-"));
    await mkdir(join(directory, "name.3"));
    expect(await tryLock(request())).toMatchObject({ host: "", file: join(directory, "name.3") });
  });

  it("is released also where its file or folder is gone", async () => {
    const lock = await take();
    await rm(directory, { recursive: true });
    await lock.release();
  });

  it("is kept from other users, and apart from other locks", async () => {
    await rm(directory, { recursive: true });
    const [one, other] = [await take(), await tryLock({ directory, name: "nam" })];
    expect("release" in other).toBe(true);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, "name.1"))).mode & 0o777).toBe(0o600);
    await one.release();
  });

  it("tells other users who holds it where they share it", async () => {
    expect("release" in (await tryLock({ ...request(), isShared: true }))).toBe(true);
    expect((await stat(join(directory, "name.1"))).mode & 0o444).toBe(0o444);
  });
});
