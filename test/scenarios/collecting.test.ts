import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { asideFolder } from "../../src/distribution/own-paths.ts";
import { blobFile } from "../../src/distribution/paths.ts";
import { storageTree } from "../support/storage-tree.ts";
import { openTerminal } from "../tui/terminal.ts";
import { setScene } from "./scene.ts";

const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);

describe("gc", () => {
  const scene = setScene();
  let count = 0;

  /** A store with an image that a tag leads to, one that nothing leads to, and a blob that is nobody's. */
  function newStore() {
    const store = join(scene.home, `store-${++count}`);
    const tree = storageTree(store);
    tree.tag("app", "kept", tree.image("app", { layers: ["kept"] }));
    const untagged = tree.image("app", { config: { number: 2 }, layers: ["of the untagged"] });
    const nobodys = tree.blob("nobody's");
    return { store, untagged, isThere: () => existsSync(join(store, blobFile(nobodys))) };
  }

  it("answers with the document that scripts rely on", async () => {
    const { store, untagged, isThere } = newStore();
    const { code, stdout } = await scene.tagwise(["gc", store, "--untagged", "--dry-run", "-o", "json"]);
    expect(code).toBe(0);
    const swept = { digest, size: expect.any(Number), reason: expect.any(String) };
    const { freedBy, tidied, restored, ...document } = JSON.parse(stdout);
    expect(document).toEqual({
      run: null,
      dryRun: true,
      repositories: 1,
      manifests: {
        marked: 1,
        swept: [{ repository: "app", digest: untagged, reason: "no tag, index or subject leads to it" }],
      },
      blobs: { marked: 3, swept: [swept, swept, swept, swept], young: 0 },
      layerLinks: { swept: 2 },
      freed: document.blobs.swept.reduce((sum: number, { size }: { size: number }) => sum + size, 0),
      warnings: [],
    });
    const nowhere = freedBy.largest.filter(({ repositories }: { repositories: string[] }) => repositories.length === 0);
    expect(nowhere).toHaveLength(1); // all but nobody's blob are linked, the manifest by its own link
    expect([tidied, restored]).toEqual([[], []]);
    expect(isThere()).toBe(true);
  });

  it("shows its plan on a terminal, asks, and tells then what was done and no more", async () => {
    const { store, isThere } = newStore();
    const refused = openTerminal(["gc", store], scene.home);
    await refused.shows("Set this aside?");
    refused.send("n\r");
    expect([await refused.ended, isThere()]).toEqual([4, true]);

    const terminal = openTerminal(["gc", store], scene.home);
    await terminal.shows("Set this aside?");
    expect(terminal.text()).toMatch(/1 blobs.*no repository/s);
    terminal.send("y\r");
    expect([await terminal.ended, isThere()]).toEqual([0, false]);
    expect(terminal.text().match(/LARGEST/g)).toHaveLength(1);
    expect(terminal.text()).toMatch(/went: 1 blobs.*tagwise gc restore/s);
  });

  it("changes nothing where nobody can be asked, and takes no other place for a store", async () => {
    const { store, isThere } = newStore();
    const unasked = await scene.tagwise(["gc", store, "-o", "json"]);
    expect([unasked.code, JSON.parse(unasked.stdout).error.code, isThere()]).toEqual([4, "NOT_CONFIRMED", true]);
    mkdirSync(join(scene.home, "other/registry/v2"), { recursive: true });
    for (const args of [
      ["gc", "nowhere"],
      ["gc", "other"],
      ["gc", "runs", "other"],
      ["rm", "127.0.0.1:1/a:b", "--store", "other", "--strategy", "storage", "--yes"],
      ["gc", "s3://"],
      ["gc", "runs", "nowhere"],
      ["rm", "127.0.0.1:1/a:b", "--store", "nowhere", "--strategy", "storage", "--yes"],
    ]) {
      expect([args, (await scene.tagwise(args)).code]).toEqual([args, 2]);
    }
  });

  it("says where it looked when there is no registry's tree", async () => {
    mkdirSync(join(scene.home, "empty"));
    const { code, stdout } = await scene.tagwise(["gc", "empty", "--dry-run"]);
    expect(stdout).toMatch(/no repository in empty: a registry's tree begins there at docker\/registry\/v2/);
    expect(code).toBe(0);
  });

  it("lists its runs, puts one back, and purges none while a cache may still promise it", async () => {
    const { store, isThere } = newStore();
    const { run } = JSON.parse((await scene.tagwise(["gc", store, "--yes", "-o", "json"])).stdout);
    expect((await scene.tagwise(["gc", "purge", store, run, "--yes"])).code).toBe(4);
    const { runs } = JSON.parse((await scene.tagwise(["gc", "runs", store, "-o", "json"])).stdout);
    expect(runs).toMatchObject([{ run, state: "swept", blobs: 1, restarted: null }]);
    expect((await scene.tagwise(["gc", "restore", store, run])).code).toBe(0);
    expect(isThere()).toBe(true);
    const unasked = await scene.tagwise(["gc", "purge", store, run, "--no-cache-in-use"]);
    expect([unasked.code, unasked.stderr]).toEqual([4, expect.stringContaining("look first with tagwise gc runs")]);
    const purge = ["gc", "purge", store, run, "--yes", "--no-cache-in-use", "-o", "json"];
    expect(JSON.parse((await scene.tagwise(purge)).stdout)).toMatchObject({ deleted: 0, run: { state: "restored" } });
  });

  it("says that nothing is left of a purged run only where nothing came back", async () => {
    const { store } = newStore();
    const { run } = JSON.parse((await scene.tagwise(["gc", store, "--yes", "-o", "json"])).stdout);
    expect((await scene.tagwise(["gc", "purge", store, run, "--yes", "--no-cache-in-use"])).code).toBe(0);
    const restore = ["gc", "restore", store, run];
    expect(await scene.tagwise(restore)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/nothing is left to put back/),
    });
    storageTree(join(store, asideFolder(run))).blob("left");
    expect((await scene.tagwise(restore)).stdout).toMatch(/^1 files of run/);
  });
});
