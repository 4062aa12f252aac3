import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { storageTree } from "../../test/support/storage-tree.ts";
import { storedFilesIn } from "../../test/support/stored-files.ts";
import { filesystemDriver } from "../distribution/drivers/filesystem.ts";
import { asidePath } from "../distribution/own-paths.ts";
import { blobFile, indexLink, layerFolder, linkIn } from "../distribution/paths.ts";
import { parseRepositoryName, parseTag } from "../registry/names.ts";
import { identityOf } from "../support/process-identity.ts";
import { planCollection } from "./plan.ts";
import { restoreRun } from "./restore.ts";
import { readRun } from "./runs.ts";
import { survey } from "./survey.ts";
import { type SweepOptions, sweep } from "./sweep.ts";

const scratch = mkdtempSync(join(tmpdir(), "tagwise-sweep-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;
const app = parseRepositoryName("app");
const run = "01JD0000000000000000000000";

describe("a sweep that fails in the middle", () => {
  it("puts back all that it set aside, and throws why it failed", async () => {
    const { before, store } = hindered();
    await expect(sweeping(store)).rejects.toMatchObject({ code: "EISDIR", syscall: "rename" });
    expect(storedFilesIn(store)).toEqual(before);
    expect(await readRun(filesystemDriver(store), run)).toMatchObject({ state: "restored" });
  });

  it("says which run is to be put back, and how, where it cannot do so itself", async () => {
    const { before, store, link } = hindered();
    const folder = dirname(join(store, link));
    const emit: SweepOptions["emit"] = ({ phase }) => {
      if (phase !== "unlinking") return;
      rmSync(folder, { recursive: true });
      writeFileSync(folder, "in the way");
    };
    await expect(sweeping(store, { emit })).rejects.toMatchObject({
      said: "NOT_PUT_BACK",
      message: expect.stringMatching(new RegExp(`run ${run} .*EISDIR.*EEXIST`)),
      next: expect.stringContaining(`tagwise gc restore STORE ${run}`),
    });
    expect(await readRun(filesystemDriver(store), run)).toMatchObject({ state: "open" });
    rmSync(folder);
    await restoreRun(filesystemDriver(store), run, () => {});
    expect(storedFilesIn(store)).toEqual(before);
  });

  it("brings no link back to bytes that it has deleted at once", async () => {
    const { store, link, blob } = hindered({ historyOnly: true });
    const tidy = new Set(["history"] as const);
    await expect(sweeping(store, { tidy, quarantine: false })).rejects.toMatchObject({
      said: "STOPPED",
      message: expect.stringMatching(new RegExp(`run ${run} .*EISDIR`)),
    });
    expect([existsSync(join(store, blob)), existsSync(join(store, link))]).toEqual([false, false]);
  });
});

/** A store with an image that nothing leads to any more, and something in the way of one of its files. */
function hindered({ historyOnly = false } = {}) {
  const store = join(scratch, `${++count}`);
  const tree = storageTree(store);
  const going = tree.image("app", { layers: ["going", "going too"], config: "going" });
  tree.tag("app", "latest", going);
  tree.tag("app", "latest", tree.image("app", { layers: ["kept"] }));
  const before = storedFilesIn(store);
  const digest = tree.blob("going too");
  const [link, blob] = [linkIn(layerFolder(app, digest)), blobFile(digest)];
  const inTheWay = historyOnly ? indexLink(app, parseTag("latest"), going) : blob;
  mkdirSync(join(store, asidePath(run, inTheWay)), { recursive: true });
  return { store, before, blob, link };
}

async function sweeping(store: string, more: Partial<SweepOptions> = {}) {
  const driver = filesystemDriver(store);
  const options: SweepOptions = {
    run: { run, at: new Date(), by: await identityOf(process.pid) },
    quarantine: true,
    clock: { now: () => new Date() },
    now: new Date(),
    sleep: async () => {},
    emit() {},
    grace: 0,
    untagged: true,
    tidy: new Set(),
    ...more,
  };
  return sweep(driver, planCollection(await survey(driver, options), options), options);
}
