import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { storageTree } from "../../../test/support/storage-tree.ts";
import { filesystemDriver } from "../../distribution/drivers/filesystem.ts";
import { othersPassing, serversPassing, takenTags } from "../../distribution/own-paths.ts";
import { ulid } from "../../support/ulid.ts";
import { collectGarbage } from "./collect-garbage.ts";

it.each([
  [true, ["old", "young", "unknown"]],
  [false, ["young", "unknown"]],
])("what killed processes left goes with a collection once it is old (a dry run: %s)", async (dryRun, left) => {
  const directory = mkdtempSync(join(tmpdir(), "tagwise-leftovers-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const tree = storageTree(directory);
  tree.tag("app", "latest", tree.image("app", { layers: ["layer"] }));
  const now = new Date();
  const at = (hours: number) => ulid(now.getTime() - hours * 3_600_000, new Uint8Array(16));
  const names = new Map([
    [at(2), "old"],
    [at(0.5), "young"],
    ["somebody's", "unknown"],
  ]);
  for (const folder of [serversPassing, othersPassing, takenTags]) {
    for (const name of names.keys()) mkdirSync(join(directory, folder, name, "current"), { recursive: true });
    for (const name of names.keys()) writeFileSync(join(directory, folder, name, "current/link"), "half");
  }
  await collectGarbage(
    { driver: filesystemDriver(directory), name: directory, kind: "filesystem", cache: undefined },
    {
      ...{ clock: { now: () => now, ticks: () => performance.now(), sleep: async () => {} }, emit() {} },
      ...{ locks: [join(directory, "locks")], grace: 0, untagged: false, tidy: new Set(), quarantine: true, dryRun },
      random: (bytes) => new Uint8Array(bytes),
      confirm: async () => true,
    },
  );
  for (const folder of [serversPassing, othersPassing, takenTags]) {
    expect(
      readdirSync(join(directory, folder))
        .map((name) => names.get(name))
        .sort(),
    ).toEqual([...left].sort());
  }
});
