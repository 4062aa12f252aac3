import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { app, bytesOf, pushed } from "../../test/suites/registry/contents.ts";
import { digestAt } from "../../test/suites/untag/audit.ts";
import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { filesystemDriver } from "../distribution/drivers/filesystem.ts";
import { revisionFolder } from "../distribution/paths.ts";
import { distributionRegistry } from "../distribution/registry.ts";
import { parseTag } from "../registry/names.ts";
import { putBlob } from "../registry/uploads.ts";
import { identityOf } from "../support/process-identity.ts";
import { planCollection } from "./plan.ts";
import { survey } from "./survey.ts";
import { type SweepOptions, sweep } from "./sweep.ts";

const [v1, keep] = [parseTag("v1"), parseTag("keep")];

it.each([{ isPushed: true }, { isPushed: false }])(
  "a tag that led to no manifest goes, unless it is pushed to while blobs are taken ($isPushed)",
  async ({ isPushed }) => {
    const directory = mkdtempSync(join(tmpdir(), "tagwise-sweep-tags-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const driver = filesystemDriver(directory);
    const registry = distributionRegistry(directory);
    await pushed(registry, "keep", [keep]);
    const { descriptor } = await pushed(registry, "old", [v1]);
    await driver.delete(revisionFolder(app, descriptor.digest)); // as a deletion by digest leaves it that was cut off
    await putBlob(registry, app, bytesOf("garbage"));
    let fresh: Awaited<ReturnType<typeof pushed>> | undefined;
    const racing: StorageDriver = {
      ...driver,
      async moveAll(moves) {
        const moved = await driver.moveAll(moves);
        const isBlob = moves.some(({ from }) => /^blobs\//.test(from) || from.includes("/blobs/"));
        if (isPushed && isBlob) fresh ??= await pushed(registry, "fresh", [v1]);
        return moved;
      },
    };
    const options: SweepOptions = {
      run: { run: "01JD0000000000000000000000", at: new Date(), by: await identityOf(process.pid) },
      quarantine: true,
      clock: { now: () => new Date(Date.now() + 60_000) },
      now: new Date(Date.now() + 60_000),
      grace: 0,
      untagged: false,
      tidy: new Set(["tags"]),
      emit: () => {},
      sleep: async () => {},
    };
    const plan = planCollection(await survey(driver, options), options);
    expect(plan.tidying).toMatchObject([{ what: "tag", name: "v1" }]);
    await sweep(racing, plan, options);
    expect(await digestAt(registry, app, v1)).toBe(fresh?.descriptor.digest);
    expect((await registry.listTags(app)).items).toEqual(isPushed ? ["keep", "v1"] : ["keep"]);
  },
);
