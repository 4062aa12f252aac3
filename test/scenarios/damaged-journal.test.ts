import { mkdirSync, readdirSync, renameSync, truncateSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { setScene } from "./scene.ts";

describe("a journal in which a file is damaged", () => {
  const scene = setScene({ behaveLike: "distribution2" });
  const alpine = () => `${scene.host()}/team/alpine`;
  const journal = join(scene.home, "the journal");
  const run = (...args: readonly string[]) => scene.tagwise([...args, "--journal", journal]);
  const newest = () => join(journal, readdirSync(journal).sort().at(-1) ?? "");
  const tags = async () => JSON.parse((await run("tags", alpine(), "--fast", "-o", "json")).stdout).tags;

  it("lets no other operation be taken for the one that was meant", async () => {
    const before = await tags();
    const first = await run("rm", `${alpine()}:3.21`, "--yes");
    expect(first.stdout).toContain(`--journal '${journal}'`);
    const operation = /tagwise undo (\w+)/.exec(first.stdout)?.[1] ?? "";
    expect((await run("rm", `${alpine()}:test1`, "--yes")).code).toBe(0);
    truncateSync(newest(), 300);
    const after = await tags();

    for (const args of [["undo"], ["undo", `${alpine()}:test1`], ["undo", `${alpine()}:3.21`]]) {
      const undone = await run(...args);
      expect([args, undone.code]).toEqual([args, 1]);
      expect(undone.stderr).toContain(`${newest()} cannot be read`);
      expect(await tags()).toEqual(after);
    }
    const named = await run("undo", basename(newest(), ".jsonl"), "-o", "json");
    const next = "mend that file, or undo another operation: tagwise history lists them";
    expect(JSON.parse(named.stdout).error).toEqual({ code: "JOURNAL_DAMAGED", message: expect.any(String), next });
    const recovered = await run("recover", "--yes");
    expect(recovered.code).toBe(3);
    expect(recovered.stderr).toContain(`${newest()}: cannot be read`);
    expect(recovered.stdout).toContain("of what can be read");

    expect((await run("undo", operation)).code).toBe(0);
    const both = before.filter(({ tag }: { tag: string }) => tag !== "test1");
    expect(await tags()).toEqual(both);
  });

  it("still tells and undoes all others where the file is a folder", async () => {
    renameSync(newest(), join(scene.home, "aside"));
    mkdirSync(join(journal, "00000000000000000000000001.jsonl"));
    const before = await tags();
    const { stdout } = await run("rm", `${alpine()}:latest`, "--yes", "-o", "json");
    const history = await run("history", "-o", "json");
    expect(JSON.parse(history.stdout)).toMatchObject({
      operations: [{ operation: JSON.parse(stdout).operation }, {}],
      unreadable: [{ file: join(journal, "00000000000000000000000001.jsonl") }],
    });
    expect((await run("undo")).code).toBe(0);
    expect(await tags()).toEqual(before);
  });
});
