import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { app, image } from "../../test/suites/registry/contents.ts";
import { parseTag } from "../registry/names.ts";
import { filesystemDriver } from "./drivers/filesystem.ts";
import { distributionRegistry } from "./registry.ts";
import { takeTagOut } from "./take-tag-out.ts";

const tag = parseTag("t");
const wait = async (milliseconds: number) => void (await sleep(milliseconds));

it("a push to a tag while it is taken out of the tree is never refused, and never lost", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tagwise-take-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const registry = distributionRegistry(directory);
  const driver = filesystemDriver(directory);
  const [before, fresh] = [await image(registry, "before"), await image(registry, "fresh")];
  const expected = before.descriptor.digest;
  for (let round = 0; round < 60; round++) {
    await registry.putManifest(app, tag, before);
    // one begins up to 3 ms after the other, or before it
    const pushing = sleep((round * 7) % 3).then(() => registry.putManifest(app, tag, fresh));
    const taking = sleep((round * 5) % 6).then(() => takeTagOut(driver, { repository: app, tag, expected }, wait));
    await Promise.all([pushing, taking]);
    expect((await registry.resolve(app, tag)).digest).toBe(fresh.descriptor.digest);
  }
});
