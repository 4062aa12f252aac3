import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blobFile } from "../../src/distribution/paths.ts";
import { storageTree } from "../support/storage-tree.ts";
import { setScene } from "./scene.ts";

describe("gc, where what comes after the sweep fails", () => {
  const scene = setScene();

  function newStore(name: string) {
    const store = join(scene.home, name);
    const tree = storageTree(store);
    tree.tag("app", "kept", tree.image("app", { layers: ["kept"] }));
    tree.image("app", { config: { number: 2 }, layers: ["of the untagged"] });
    const file = join(store, blobFile(tree.blob("nobody's")));
    return { store, isThere: () => existsSync(file) };
  }

  it("tells what it did where the registry cannot be restarted", async () => {
    const { store, isThere } = newStore("restarted");
    const flags = ["--restart", "exec:false", "--registry", "127.0.0.1:1", "--retries", "0"];
    const { code, stdout } = await scene.tagwise(["gc", store, "--untagged", "--yes", "-o", "json", ...flags]);
    const { run, blobs, warnings, cache } = JSON.parse(stdout);
    expect([code, blobs.swept.length, isThere()]).toEqual([3, 4, false]);
    expect(warnings).toEqual([expect.stringMatching(/^the registry was not restarted: .*; restart it yourself/)]);
    expect(cache).toMatchObject({ stale: null });
    expect((await scene.tagwise(["gc", "restore", store, run])).code).toBe(0);
    expect(isThere()).toBe(true);
  });

  it("takes a name that is no registry's before it sweeps anything", async () => {
    const { store, isThere } = newStore("misnamed");
    const { code } = await scene.tagwise(["gc", store, "--yes", "--registry", "http://bad^host/"]);
    expect([code, isThere()]).toEqual([2, true]);
  });

  it.each([
    ["purge", ["--yes", "--no-cache-in-use"]],
    ["restore", []],
  ])("takes no --dry-run for gc %s where it stands before it: that changes something", async (name, flags) => {
    const { store, isThere } = newStore(name);
    const { stdout } = await scene.tagwise(["gc", store, "--yes", "-o", "json"]);
    const { run } = JSON.parse(stdout);
    const dry = await scene.tagwise(["gc", "--dry-run", name, store, run, ...flags]);
    expect([dry.code, dry.stderr]).toEqual([2, expect.stringContaining('--dry-run belongs to "tagwise gc"')]);
    expect(isThere()).toBe(false);
    const [state] = JSON.parse((await scene.tagwise(["gc", "runs", store, "-o", "json"])).stdout).runs;
    expect(state).toMatchObject({ run, state: expect.not.stringMatching(/purged|restored/) });
    expect((await scene.tagwise(["gc", name, store, run, ...flags])).code).toBe(0);
  });
});
