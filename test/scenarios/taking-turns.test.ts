import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { newGate, openRegistry } from "../support/sample-registry.ts";
import { type Run, setScene } from "./scene.ts";

const scene = setScene();

/** A person's `rm` of one tag that a registry keeps waiting until the gate opens; `team/app:gone` was removed before. */
async function removing() {
  const gate = newGate();
  let isFirst = false;
  const { host, push, tags } = await openRegistry({
    gate: ({ method }) => {
      if (!isFirst || !method.startsWith("delete")) return undefined;
      isFirst = false;
      return gate.closed();
    },
  });
  await push("team/app", ["a", "b", "gone", "latest"]);
  await push("team/other", ["a", "latest"]);
  expect((await scene.tagwise(["rm", `${host}/team/app:gone`, "--yes"])).code).toBe(0);
  isFirst = true;
  const first = scene.tagwise(["rm", `${host}/team/app:a`, "--yes"]);
  await gate.reached;
  const finished = () => {
    gate.open();
    return first;
  };
  return { host, tags, finished };
}

describe("two processes on one repository", () => {
  it.each<readonly [words: string, environment: Readonly<Record<string, string>>]>([
    ["rm HOST/team/app:b --yes", {}],
    ["rm HOST/team/app:b --yes", { XDG_RUNTIME_DIR: join(scene.home, "elsewhere") }],
    ["rm HOST/team/app:b --yes", { XDG_STATE_HOME: join(scene.home, "elsewhere") }],
    ["rm HOST/team/app:b --yes --journal elsewhere", {}],
    ["undo HOST/team/app:gone", {}],
  ])("%s does not wait where it is told so", async (words, environment) => {
    const { host, tags, finished } = await removing();
    const args = [...words.replace("HOST", host).split(" "), "--wait", "0s", "-o", "json"];
    const { code, stdout } = await scene.tagwise(args, { environment });
    expect([code, JSON.parse(stdout).error?.code]).toEqual([1, "BUSY"]);
    expect((await finished()).code).toBe(0);
    expect(await tags("team/app")).toEqual(["b", "latest"]);
  });

  it("the second waits for the first as long as it is told to, and by itself", async () => {
    const { host, tags, finished } = await removing();
    const args = ["rm", `${host}/team/app:b`, "--yes"];
    const waiting: Promise<Run>[] = [scene.tagwise([...args, "--wait", "30s"]), scene.tagwise(args)];
    await pause(500); // for them to come and find it locked; where they are slower they have less to wait for
    expect((await finished()).code).toBe(0);
    expect((await Promise.all(waiting)).map(({ code }) => code)).toEqual([0, 0]);
    expect(await tags("team/app")).toEqual(["latest"]);
  });

  it("no process waits for one on another repository", async () => {
    const { host, tags, finished } = await removing();
    expect((await scene.tagwise(["rm", `${host}/team/other:a`, "--yes", "--wait", "0s"])).code).toBe(0);
    expect(await tags("team/app")).toContain("a");
    expect((await finished()).code).toBe(0);
  });
});
