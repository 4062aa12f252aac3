import { expect, it } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import { type Digest, parseTag } from "../../src/registry/names.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { app, image, type Made, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { turns, walks } from "../suites/untag/liars.ts";
import { latest } from "../suites/untag/scene.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

const mine = parseTag("mine");
const requests = [{ repository: app, targets: [{ tag: mine }] }];

/** Says of the first deletion of a decoy that it did it, and did not; the others are as `registry` does them. */
function lazyAtFirst(registry: Registry, bare: Registry, count: { deletions: number }): Registry {
  return {
    ...registry,
    async deleteManifest(repository, digest: Digest) {
      const isDecoy = (await bare.resolve(repository, digest).catch(() => undefined)) !== undefined;
      if (isDecoy && ++count.deletions === 1) return;
      await registry.deleteManifest(repository, digest);
    },
  };
}

it("a push that a pursued deletion takes away is put back", async () => {
  const count = { deletions: 0 };
  let fresh: Made | undefined;
  const stage: Stage = await openStage({
    inside: (registry) => {
      const walking = walks(async () => {
        if (fresh === undefined || count.deletions !== 2) return;
        await registry.putManifest(app, mine, fresh);
        await turns(300);
      })(registry);
      return lazyAtFirst(walking, registry, count);
    },
  });
  await pushed(stage.bare, "one", [mine, latest]);
  fresh = await image(stage.bare, "fresh");
  const { document } = await stage.remove(requests);
  expect(document.tags.map(({ outcome }) => outcome)).toEqual(["kept"]);
  expect(await digestAt(stage.bare, app, mine)).toBe(fresh.descriptor.digest);
});

it("a push between two deletions of one pursuit is told as kept, not as removed", async () => {
  const count = { deletions: 0 };
  let fresh: Made | undefined;
  const stage: Stage = await openStage({
    inside: (registry) => lazyAtFirst(registry, registry, count),
    async through(call, proceed) {
      const isPursued = call.method === "deleteManifest" && count.deletions === 1;
      if (isPursued && fresh !== undefined) await stage.bare.putManifest(app, mine, fresh);
      return proceed();
    },
  });
  await pushed(stage.bare, "one", [mine, latest]);
  fresh = await image(stage.bare, "fresh");
  const { document } = await stage.remove(requests);
  expect(document.tags.map(({ outcome, undoable }) => ({ outcome, undoable }))).toEqual([
    { outcome: "kept", undoable: false },
  ]);
  expect(await digestAt(stage.bare, app, mine)).toBe(fresh.descriptor.digest);
});

it("a registry whose deletion fails for good gets its originals back", async () => {
  const broken = new RegistryError("UNKNOWN", "a link in another tag cannot be read", { status: 500 });
  const stage = await openStage({
    inside: (registry) => ({
      ...registry,
      async deleteManifest(repository, digest) {
        await registry.resolve(repository, digest);
        throw broken;
      },
    }),
  });
  const { descriptor } = await pushed(stage.bare, "one", [mine, latest]);
  const { document, code } = await stage.remove(requests);
  expect([document.tags[0]?.outcome, document.tags[0]?.reason, code]).toEqual(["restored", broken.message, 1]);
  expect(await digestAt(stage.bare, app, mine)).toBe(descriptor.digest);
});
