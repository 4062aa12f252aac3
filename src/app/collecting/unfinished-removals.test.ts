import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { storageTree } from "../../../test/support/storage-tree.ts";
import { storedFilesIn } from "../../../test/support/stored-files.ts";
import { filesystemDriver } from "../../distribution/drivers/filesystem.ts";
import { blobFile } from "../../distribution/paths.ts";
import { type Digest, parseTag } from "../../registry/names.ts";
import { makeDecoy } from "../../untag/decoy.ts";
import { collectGarbage } from "./collect-garbage.ts";

const clock = { now: () => new Date(), ticks: () => performance.now(), sleep: async () => {} };

it("a collection keeps what a tag pointed at before a removal that was cut off, and no other untagged image", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tagwise-unfinished-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const tree = storageTree(directory);
  const original = tree.image("a", { layers: ["original"] });
  const untagged = tree.image("a", { layers: ["untagged"], config: "untagged" });
  const gone = `sha256:${"0".repeat(64)}` as Digest;
  const originals = new Map([
    [parseTag("v1"), original],
    [parseTag("v2"), gone],
  ]);
  const decoy = tree.blob(makeDecoy({ operation: "x", host: "h", nonce: "n", at: clock.now(), originals }).bytes);
  tree.revision("a", decoy);
  tree.tag("a", "v1", decoy);
  const store = { driver: filesystemDriver(directory), name: directory, kind: "filesystem", cache: undefined } as const;
  const collection = await collectGarbage(store, {
    clock,
    locks: [join(directory, "locks")],
    emit() {},
    dryRun: false,
    quarantine: true,
    confirm: async () => true,
    tidy: new Set(),
    untagged: true,
    grace: 3_600_000,
    random: (size) => new Uint8Array(size),
  });
  expect(collection.swept?.run).toMatchObject({ manifests: 1 });
  const left = storedFilesIn(directory);
  const files = [original, untagged].map((digest) => join(directory, blobFile(digest)));
  expect(files.map((file) => left.includes(file))).toEqual([true, false]);
});
