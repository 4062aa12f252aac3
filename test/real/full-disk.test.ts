import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bundledMain } from "../support/bundle.ts";
import { tagsOf } from "./harness/contents.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { startEmbedded } from "./harness/embedded.ts";
import { newImage, push } from "./harness/images.ts";
import { startProxy } from "./harness/proxy.ts";
import { ask } from "./harness/registry-server.ts";
import { run, succeed } from "./harness/run.ts";
import type { Stage } from "./harness/stage.ts";
import { describeWith, itAsRoot, openStage } from "./harness/suite.ts";
import { tagwise } from "./harness/tagwise.ts";

describeWith(["docker-registry", "mount", "umount"], "a journal on a full disk", () => {
  const stage = openStage();

  itAsRoot("lets nothing be sent", async () => {
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
  });
});

describeWith(["bash"], "an answer that nothing takes", () => {
  const stage = openStage();

  it("is told of, and is a failure", async () => {
    const command = `"${process.execPath}" "${bundledMain}" history > /dev/full`;
    const { code, stderr } = await run(stage, "bash", ["-c", command]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^tagwise: the answer could not be written: ENOSPC.*\n$/),
    ]);
  });
});

describeWith(["mount", "umount"], "the embedded registry on a full disk", () => {
  const stage = openStage();

  itAsRoot("goes on with an upload when there is room again", async () => {
    const storage = await mountDisk(stage, "1m");
    const server = await startEmbedded(stage, ["--storage", storage]);
    const layer = randomBytes(3 * 1024 * 1024);
    const { headers } = await ask(server, "POST", "/v2/team/app/blobs/uploads/");
    const upload = headers.location ?? "";
    expect((await ask(server, "PATCH", upload, { body: layer })).status).toBe(500);
    await succeed(stage, "mount", ["-o", "remount,size=16m", storage]);
    const { headers: told } = await ask(server, "GET", upload);
    const next = Number(/^0-(\d+)$/.exec(told.range ?? "")?.[1] ?? -1) + 1;
    process.stdout.write(`${next} of ${layer.length} bytes were taken by the full disk\n`);
    expect(next).toBeLessThan(layer.length);
    const range = `${next}-${layer.length - 1}`;
    const rest = { headers: { "content-range": range }, body: layer.subarray(next) };
    expect((await ask(server, "PATCH", upload, rest)).status).toBe(202);
    const digest = `sha256:${createHash("sha256").update(layer).digest("hex")}`;
    expect((await ask(server, "PUT", `${upload}?digest=${digest}`, { body: new Uint8Array() })).status).toBe(201);
    const { body } = await ask(server, "GET", `/v2/team/app/blobs/${digest}`);
    expect(body.equals(layer)).toBe(true);
    expect(server.log()).toMatch(/^PATCH \/v2\/team\/app\/blobs\/uploads\/\S+: .*(?:ENOSPC|disk is full)/m);
    await server.stop();
  });
});

describeWith(["mount", "umount"], "the embedded registry where no byte is left", () => {
  const stage = openStage();

  itAsRoot("lists no tag and keeps no upload that it could not write", async () => {
    const storage = await mountDisk(stage, "1m");
    const server = await startEmbedded(stage, ["--storage", storage]);
    const image = newImage();
    await push(server, "team/app", image, ["old"]);
    expect(() => writeFileSync(join(storage, "filler"), Buffer.alloc(2 * 1024 * 1024))).toThrow("ENOSPC");
    const put = { headers: { "content-type": image.mediaType }, body: image.bytes };
    expect((await ask(server, "PUT", "/v2/team/app/manifests/new", put)).status).toBe(500);
    expect(await tagsOf(server, "team/app")).toEqual({ old: image.digest });
    expect((await ask(server, "POST", "/v2/team/other/blobs/uploads/")).status).toBe(500);
    const files = readdirSync(storage, { recursive: true, encoding: "utf8" });
    expect(files.filter((path) => /\/(?:_uploads|tags|passing\/\w+)\/(?!old)/.test(path))).toEqual([]);
    await server.stop();
  });
});

/** A directory on a disk of its own. */
async function mountDisk(stage: Stage, size: string): Promise<string> {
  const disk = stage.newDirectory("disk");
  await succeed(stage, "mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk]);
  stage.defer(async () => {
    await run(stage, "umount", [disk]);
  });
  return disk;
}

/** A directory on a disk without a free byte. */
async function mountFullDisk(stage: Stage): Promise<string> {
  const disk = await mountDisk(stage, "64k");
  const journal = join(disk, "journal");
  mkdirSync(journal);
  expect(() => writeFileSync(join(disk, "filler"), Buffer.alloc(128 * 1024))).toThrow("ENOSPC");
  return journal;
}
