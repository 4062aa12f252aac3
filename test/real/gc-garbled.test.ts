import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { blobFile } from "../../src/distribution/paths.ts";
import { parseDigest } from "../../src/registry/names.ts";
import { startDistribution3, startDockerRegistry } from "./harness/docker-registry.ts";
import { newImage, push } from "./harness/images.ts";
import { ask } from "./harness/registry-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { pullsWhole } from "./harness/swept-registry.ts";
import { tagwise } from "./harness/tagwise.ts";

describeWith(["docker-registry", "registry"], "a manifest whose bytes are garbled on the disk", () => {
  const stage = openStage();

  it.each([
    ["2", startDockerRegistry],
    ["3", startDistribution3],
  ] as const)("is mended, or given up, by what gc says to do: registry %s", async (_version, start) => {
    const server = await start(stage);
    const collects = () => tagwise(stage, ["gc", server.storage, "--dry-run"]);
    const pushGarbled = async (tag: string) => {
      const image = newImage();
      await push(server, "app", image, [tag]);
      const file = join(server.storage, blobFile(parseDigest(image.digest)));
      writeFileSync(file, readFileSync(file, "utf8").replace("schemaVersion", "schemaVersioN"));
      return { image, file };
    };
    const { image, file } = await pushGarbled("mended");
    const refused = await collects();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /remove that file, restart the registry and push it anew .*delete the manifest by its digest/s,
    );
    await push(server, "app", image, ["mended"]);
    expect((await collects()).code).toBe(1); // a push alone is answered well, and changes nothing
    rmSync(file);
    await server.stop();
    await server.start(); // version 2 remembers in its cache that it has the bytes
    await push(server, "app", image, ["mended"]);
    expect([(await collects()).code, await pullsWhole(server, image)]).toEqual([0, true]);

    const lost = await pushGarbled("lost");
    expect((await collects()).code).toBe(1);
    await ask(server, "DELETE", `/v2/app/manifests/${lost.image.digest}`);
    expect((await collects()).code).toBe(0);
  });
});
