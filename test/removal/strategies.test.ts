import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { deletionDisabled } from "../../src/decorators/quirks/no-delete.ts";
import { behaving, profiles, showing } from "../../src/decorators/quirks/profiles.ts";
import { readOnly } from "../../src/decorators/read-only.ts";
import { filesystemDriver } from "../../src/distribution/drivers/filesystem.ts";
import { distributionRegistry } from "../../src/distribution/registry.ts";
import { takeTagOut } from "../../src/distribution/take-tag-out.ts";
import { httpRegistry } from "../../src/http/client/client.ts";
import { registryHandler } from "../../src/http/serving/handler.ts";
import { memoryRegistry } from "../../src/memory/memory.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { decoyStrategy } from "../../src/untag/strategies/decoy.ts";
import { gitlabStrategy, nativeStrategy } from "../../src/untag/strategies/native.ts";
import { storageStrategy, type TakeOut } from "../../src/untag/strategies/storage.ts";
import { describeStrategy, type Ground } from "../suites/describe-strategy.ts";
import { ociForms, refusesEmpty } from "../suites/untag/liars.ts";
import { virtualClock } from "../suites/untag/stage.ts";

/** A kind of registry behind its handler and our client. */
function served(profile: string, inside: (registry: Registry) => Registry = (registry) => registry): Ground {
  const bare = memoryRegistry();
  const quirks = profiles[profile]?.quirks ?? [];
  return { bare, registry: httpRegistry(showing(registryHandler(behaving(inside(bare), quirks)), quirks)) };
}

const withoutDeletion = (profile: string) => () => served(profile, (bare) => deletionDisabled.registry?.(bare) ?? bare);

describeStrategy("native on memory", nativeStrategy, {
  offered: () => {
    const bare = memoryRegistry();
    return { bare, registry: bare };
  },
  unsupported: () => served("distribution2"),
});
describeStrategy("native on distribution 3", nativeStrategy, {
  offered: () => served("distribution3"),
  unsupported: () => served("harbor"),
});
describeStrategy("storage on a directory", storageStrategy, {
  offered: () => {
    const directory = mkdtempSync(join(tmpdir(), "tagwise-storage-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const driver = filesystemDriver(directory);
    const bare = distributionRegistry(driver);
    const { sleep } = virtualClock();
    const takeOut: TakeOut = (repository, tag, expected) => takeTagOut(driver, { repository, tag, expected }, sleep);
    return { bare, registry: bare, takeOut };
  },
  unsupported: () => served("distribution2"),
});
describeStrategy("gitlab on GitLab of old", gitlabStrategy, {
  offered: () => served("gitlab"),
  unsupported: withoutDeletion("gitlab"),
});
describeStrategy("decoy on distribution 2", decoyStrategy, {
  offered: () => served("distribution2"),
  unsupported: withoutDeletion("distribution2"),
});
describeStrategy("decoy on Harbor, which is read-only", decoyStrategy, {
  offered: () => served("harbor"),
  unsupported: () => served("harbor", readOnly),
});
describeStrategy("decoy on a registry that takes no OCI index without manifests", decoyStrategy, {
  offered: () => served("distribution2", refusesEmpty(...ociForms)),
  unsupported: withoutDeletion("distribution2"),
});
