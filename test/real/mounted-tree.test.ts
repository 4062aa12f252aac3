import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { tagsOf } from "./harness/contents.ts";
import { startEmbedded } from "./harness/embedded.ts";
import { newImage, push } from "./harness/images.ts";
import { ask } from "./harness/registry-server.ts";
import { run, succeed } from "./harness/run.ts";
import { describeWith, itAsRoot, openStage } from "./harness/suite.ts";
import { tagwiseDone } from "./harness/tagwise.ts";

describeWith(["mount", "umount"], "a storage of which the tree is a disk of its own", () => {
  const stage = openStage();

  itAsRoot("takes pushes and deletions, lets tags be taken out of it, and garbage", async () => {
    const storage = stage.newDirectory("storage");
    const disk = join(storage, "docker");
    mkdirSync(disk);
    await succeed(stage, "mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", disk]);
    stage.defer(async () => {
      await run(stage, "umount", [disk]);
    });
    const server = await startEmbedded(stage, ["--storage", storage]);
    const [kept, gone] = [newImage(), newImage()];
    await push(server, "team/app", kept, ["one", "two", "three"]);
    await push(server, "team/app", gone, ["gone"]);
    for (const reference of ["one", gone.digest]) {
      expect((await ask(server, "DELETE", `/v2/team/app/manifests/${reference}`)).status).toBe(202);
    }
    await tagwiseDone(stage, ["rm", `${server.host}/team/app:two`, "--store", storage, "--yes"]);
    expect(await tagsOf(server, "team/app")).toEqual({ three: kept.digest });
    const flags = ["--grace", "0s", "--yes", "-o", "json"];
    const collected = JSON.parse(await tagwiseDone(stage, ["gc", storage, ...flags]));
    expect(collected.blobs.swept).toHaveLength(gone.blobs.length + 1);
    await server.stop();
  });
});
