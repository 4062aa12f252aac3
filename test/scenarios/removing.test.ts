import { describe, expect, it } from "vitest";
import { openTerminal } from "../tui/terminal.ts";
import { setScene } from "./scene.ts";

describe.each(["distribution2", "oci", "gitlab"])("a tag goes and comes back on a registry like %s", (behaveLike) => {
  const scene = setScene({ behaveLike });
  const alpine = () => `${scene.host()}/team/alpine`;
  const tags = async () => JSON.parse((await scene.tagwise(["tags", alpine(), "--fast", "-o", "json"])).stdout).tags;
  const names = async () => (await tags()).map(({ tag }: { tag: string }) => tag);

  it("step by step", async () => {
    const before = await tags();
    const refused = await scene.tagwise(["rm", `${alpine()}:test1`, "-o", "json"]);
    expect(refused.code).toBe(4);
    expect(JSON.parse(refused.stdout).error).toMatchObject({ code: "NOT_CONFIRMED", next: expect.any(String) });

    const planned = await scene.tagwise(["rm", `${alpine()}:test1`, "-n", "-o", "json"]);
    expect(planned.code).toBe(0);
    expect(JSON.parse(planned.stdout).tags).toMatchObject([{ tag: "test1", outcome: "planned" }]);
    expect(await tags()).toEqual(before);

    const removed = await scene.tagwise(["rm", `${alpine()}:test1`, "--yes", "-o", "json"]);
    expect(removed.code).toBe(0);
    expect(JSON.parse(removed.stdout)).toMatchObject({
      dryRun: false,
      tags: [{ tag: "test1", outcome: "removed", siblings: ["3.22", "latest"], undoable: true }],
      proof: "siblings",
      moved: [],
      restored: [],
    });
    expect(await names()).toEqual(["3.21", "3.22", "latest"]);

    const history = JSON.parse((await scene.tagwise(["history", "-o", "json"])).stdout);
    expect(history.operations).toMatchObject([
      { state: "done", undoable: true, tags: [{ tag: "test1", outcome: "removed" }] },
    ]);

    expect((await scene.tagwise(["undo"])).code).toBe(0);
    const after = JSON.parse((await scene.tagwise(["history", "-o", "json"])).stdout);
    expect(after.operations).toMatchObject([{ state: "undone", tags: [{ tag: "test1", outcome: "restored" }] }]);
    expect(await tags()).toEqual(before);
    expect((await scene.tagwise(["undo"])).code).toBe(1);
    const again = await scene.tagwise(["undo", `${alpine()}:test1`]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("has been put back already")]);
  });

  it("is done whole where nobody reads on what is told of it", async () => {
    const before = await tags();
    const args = ["rm", `${alpine()}:test1`, "--yes", "--verbose", "--rate", "50"];
    const { code, stderr } = await scene.tagwise(args, { closes: ["stderr"] });
    expect(stderr).not.toContain("DELETE"); // the reader was gone by then
    expect(code).toBe(0);
    expect(await names()).toEqual(["3.21", "3.22", "latest"]);
    expect((await scene.tagwise(["undo"], { closes: ["stdout"] })).code).toBe(0);
    expect(await tags()).toEqual(before);
  });

  it("sends nothing that writes where a guard refuses one of the tags", async () => {
    scene.requests();
    for (const guard of [["--protect", "test1"], [`${scene.host()}/team/shop:1.4@sha256:${"0".repeat(64)}`]]) {
      const { code } = await scene.tagwise(["rm", `${alpine()}:3.22`, `${alpine()}:test1`, ...guard, "--yes"]);
      expect([guard, code]).toEqual([guard, 4]);
    }
    expect(scene.requests().filter((request) => !/^(?:GET|HEAD) /.test(request))).toEqual([]);
  });

  it("reads references from standard input, and a digest that does not match refuses them all", async () => {
    const before = await tags();
    const input = `# old\n${alpine()}:test1  # of last year\r\n\n${alpine()}:3.21@sha256:${"0".repeat(64)}\n`;
    const { code, stdout } = await scene.tagwise(["rm", "-", "--yes", "-o", "json"], { input });
    expect(code).toBe(4);
    expect(JSON.parse(stdout).tags.map(({ outcome }: { outcome: string }) => outcome)).toEqual(["refused", "refused"]);
    expect(await tags()).toEqual(before);
  });

  it("undo says that one operation is put back at a time", async () => {
    const before = await tags();
    for (const tag of ["test1", "3.21"])
      expect((await scene.tagwise(["rm", `${alpine()}:${tag}`, "--yes"])).code).toBe(0);
    const both = await scene.tagwise(["undo", `${alpine()}:test1`, `${alpine()}:3.21`]);
    expect(both.code).toBe(1);
    expect(both.stderr).toMatch(
      /^tagwise: no one operation removed all of these tags\n {2}undo one tag, or one operation/,
    );
    const elsewhere = await scene.tagwise(["undo", `${alpine()}:test1@sha256:${"0".repeat(64)}`]);
    expect([elsewhere.code, elsewhere.stderr]).toEqual([1, expect.stringContaining("no operation")]);
    for (const tag of ["test1", "3.21"]) {
      const twice = [`${alpine()}:${tag}`, `${alpine()}:${tag}`];
      expect((await scene.tagwise(["undo", ...twice])).code).toBe(0);
    }
    expect(await tags()).toEqual(before);
  });
});

describe("rm on a terminal", () => {
  const scene = setScene();

  it("shows the plan, asks, and says after a no how to say yes", async () => {
    const terminal = openTerminal(["rm", `${scene.host()}/team/alpine:test1`, "-o", "json"], scene.home);
    await terminal.shows(/planned[\s\S]*Remove exactly these tags\? \[y\/N\]/);
    terminal.send("n\r");
    expect(await terminal.ended).toBe(4);
    const next = "run it again and answer y, or say --yes";
    expect(terminal.bytes()).toContain(
      JSON.stringify({ code: "NOT_CONFIRMED", message: "not confirmed; nothing was changed", next }),
    );
  });
});
