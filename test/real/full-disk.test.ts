import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tagsOf } from "./harness/contents.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { newImage, push } from "./harness/images.ts";
import { startProxy } from "./harness/proxy.ts";
import { run, succeed } from "./harness/run.ts";
import type { Stage } from "./harness/stage.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { tagwise } from "./harness/tagwise.ts";

const isRoot = process.getuid?.() === 0;

describeWith(["docker-registry", "mount", "umount"], "a journal on a full disk", () => {
  const stage = openStage();

  it.skipIf(!isRoot && process.env.CI !== "true")(
    "lets nothing be sent (needs root, to mount a small disk)",
    async () => {
      const server = await startDockerRegistry(stage);
      const proxy = await startProxy(stage, server);
      const image = newImage();
      await push(server, "team/app", image, ["latest", "test1"]);
      const journal = await mountFullDisk(stage);

      const reference = `${proxy.host}/team/app:test1`;
      const { code, stdout, stderr } = await tagwise(stage, [
        "rm",
        reference,
        "--yes",
        "--journal",
        journal,
        "-o",
        "json",
      ]);
      expect(code, stderr + stdout).toBe(1);
      expect(stdout + stderr).toMatch(/no space|disk is full|ENOSPC/i);
      process.stdout.write(`${proxy.passed.length} requests with a full journal disk\n`);
      expect(proxy.passed).toEqual([]);
      expect(await tagsOf(server, "team/app")).toEqual({ latest: image.digest, test1: image.digest });
    },
  );
});

/** A directory on a disk without a free byte. */
async function mountFullDisk(stage: Stage): Promise<string> {
  const disk = stage.newDirectory("disk");
  await succeed(stage, "mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
  stage.defer(async () => {
    await run(stage, "umount", [disk]);
  });
  const journal = join(disk, "journal");
  mkdirSync(journal);
  expect(() => writeFileSync(join(disk, "filler"), Buffer.alloc(128 * 1024))).toThrow("ENOSPC");
  return journal;
}
