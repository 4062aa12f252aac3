import { describe, expect, it } from "vitest";
import { openRegistry } from "../support/sample-registry.ts";
import { keys, openTerminal } from "../tui/terminal.ts";
import { setScene } from "./scene.ts";

const scene = setScene();
const many = Array.from({ length: 1_000 }, (_, count) => `build-${count}`);

describe("rm --verify", () => {
  it.each([
    { flags: [], more: [], proof: "siblings" },
    { flags: ["--verify", "listing"], more: [], proof: "listing" },
    { flags: [], more: many, proof: "listing" },
    { flags: ["--verify", "all"], more: many, proof: "siblings" },
    { flags: ["--verify", "listing"], more: [], proof: "siblings", behaveLike: "harbor" },
  ])("$flags proves by the $proof beside $more.length others", async ({ flags, more, proof, ...options }) => {
    const { host, push } = await openRegistry(options);
    await push("team/app", ["test1", "latest"]);
    await push("team/app", more, { name: "another" });
    const { stdout } = await scene.tagwise(["rm", `${host}/team/app:test1`, "--yes", "-o", "json", ...flags]);
    const document = JSON.parse(stdout);
    const siblings = proof === "siblings" ? ["latest"] : null;
    expect(document).toMatchObject({ proof, tags: [{ outcome: "removed", siblings }] });
  });
});

it("undo goes over a later push only by --force", async () => {
  const { host, push, digests } = await openRegistry();
  const removed = await push("team/app", ["test1", "latest"]);
  expect((await scene.tagwise(["rm", `${host}/team/app:test1`, "--yes"])).code).toBe(0);
  const pushed = await push("team/app", ["test1"], { name: "newer" });
  expect((await scene.tagwise(["undo"])).code).toBe(4);
  expect(await digests("team/app")).toEqual({ latest: removed, test1: pushed });
  expect((await scene.tagwise(["undo", "--force"])).code).toBe(0);
  expect(await digests("team/app")).toEqual({ latest: removed, test1: removed });
});

describe("rm on a terminal", { timeout: 40_000 }, () => {
  it.each([
    { answer: "y", code: 0, left: ["latest"] },
    { answer: "n", code: 4, left: ["latest", "test1"] },
    { answer: "", code: 4, left: ["latest", "test1"] },
  ])("shows the plan, and takes '$answer' for an answer", async ({ answer, code, left }) => {
    const { host, push, tags } = await openRegistry();
    await push("team/app", ["test1", "latest"]);
    const terminal = openTerminal(["rm", `${host}/team/app:test1`], scene.home);
    await terminal.shows("Remove exactly these tags? [y/N]");
    expect(terminal.text()).toMatch(
      /TAG +OUTCOME +DIGEST +BY +SIBLINGS\n\S+:test1 +planned +sha256:\w+ +decoy +latest/,
    );
    expect(await tags("team/app")).toEqual(["latest", "test1"]);
    terminal.send(`${answer}${keys.enter}`);
    expect(await terminal.ended).toBe(code);
    expect(await tags("team/app")).toEqual(left);
  });
});

it("rm shows on a terminal how far it has come, and leaves nothing of that", { timeout: 40_000 }, async () => {
  const { host, push } = await openRegistry({
    async gate({ method, args }) {
      if (method === "resolve" && String(args[1]).startsWith("build-1")) await new Promise((go) => setTimeout(go, 200));
    },
  });
  await push("team/app", ["test1", ...many.slice(0, 40)]);
  const terminal = openTerminal(["rm", `${host}/team/app:test1`, "--yes", "--concurrency", "2"], scene.home);
  await terminal.shows(/team\/app: scanning for siblings \d+ of 40/);
  expect(await terminal.ended).toBe(0);
  expect(terminal.text()).toMatch(/^TAG +OUTCOME/);
  expect(terminal.text()).not.toContain("of 40");
});

it("rm with references from standard input says that nobody can be asked", async () => {
  const { host, push, tags } = await openRegistry();
  await push("team/app", ["test1", "latest"]);
  const { code, stdout } = await scene.tagwise(["rm", "-", "-o=json"], { input: `${host}/team/app:test1\n` });
  expect([code, JSON.parse(stdout).error.message]).toEqual([4, expect.stringMatching(/^standard input held the ref/)]);
  expect(await tags("team/app")).toEqual(["latest", "test1"]);
});

it("rm of a tag in a repository that is not there asks whether its name is right", async () => {
  const { host } = await openRegistry();
  const { code, stderr } = await scene.tagwise(["rm", `${host}/nope:nope`, "--yes"]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("no tag in this repository; is its name right?")]);
});

it("rm that is interrupted puts back what it had begun, and ends with 130", async () => {
  let reached = () => {};
  const atDecoy = new Promise<void>((resolve) => (reached = resolve));
  const { host, push, digests } = await openRegistry({
    async gate({ method, args }) {
      if (method !== "putManifest" || args[1] !== "test1") return;
      reached();
      await new Promise((resolve) => setTimeout(resolve, 500)); // the signal arrives meanwhile
    },
  });
  await push("team/app", ["test1", "latest"]);
  const before = await digests("team/app");
  const args = ["rm", `${host}/team/app:test1`, "--yes", "-o", "json"];
  const { code, stdout } = await scene.tagwise(args, { interrupt: { at: atDecoy, by: "SIGINT" } });
  expect([code, JSON.parse(stdout).tags[0]]).toEqual([130, expect.objectContaining({ outcome: "restored" })]);
  expect(await digests("team/app")).toEqual(before);
});
