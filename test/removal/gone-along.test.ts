import { describe, expect, it } from "vitest";
import type { Tag } from "../../src/registry/names.ts";
import { parseTag } from "../../src/registry/names.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { app, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { openStage } from "../suites/untag/stage.ts";

const [chosen, keep, longer] = [parseTag("1"), parseTag("keep"), parseTag("1-rc")];

/** A registry that takes another tag along whenever `1` is deleted. */
const taking =
  (tag: Tag) =>
  (registry: Registry): Registry => ({
    ...registry,
    async deleteTag(repository, deleted, by) {
      await registry.deleteTag(repository, deleted, by);
      if (deleted === chosen) await registry.deleteTag(repository, tag);
    },
  });

describe("a tag of another manifest that a registry takes along", () => {
  it.each([
    { profile: "none", tag: keep, what: "any, on a registry that is not known to be exact" },
    { profile: "distribution3", tag: longer, what: "one whose name continues the removed one, on any registry" },
  ])("is put back at once: $what", async ({ profile, tag }) => {
    const stage = await openStage({ profile, inside: taking(tag) });
    await pushed(stage.bare, "one", [chosen]);
    const { descriptor } = await pushed(stage.bare, "another", [tag]);
    const { document, code } = await stage.remove([{ repository: app, targets: [{ tag: chosen }] }]);
    expect([code, document.restored]).toEqual([0, [tag]]);
    expect(await digestAt(stage.bare, app, tag)).toBe(descriptor.digest);
  });

  it("is left to its owner on an exact registry, where somebody else removed it", async () => {
    const stage = await openStage({ profile: "distribution3", inside: taking(keep) });
    await pushed(stage.bare, "one", [chosen]);
    await pushed(stage.bare, "another", [keep]);
    const { document } = await stage.remove([{ repository: app, targets: [{ tag: chosen }] }]);
    expect([document.moved, document.restored]).toEqual([[keep], []]);
  });

  it("is left to its owner there also where no sibling was read", async () => {
    const stage = await openStage({ profile: "distribution3", inside: taking(keep) });
    await pushed(stage.bare, "one", [chosen, parseTag("other")]);
    await pushed(stage.bare, "another", [keep]);
    const removal = [{ repository: app, targets: [{ tag: chosen }] }];
    const { document, code } = await stage.remove(removal, { verify: "listing" });
    expect([code, document.moved, document.lost]).toEqual([0, [keep], undefined]);
  });
});

it("a removal with whose last tag the manifest went too cannot be undone, and says so", async () => {
  const deleting = (registry: Registry): Registry => ({
    ...registry,
    async deleteTag(repository, tag, by) {
      const { digest } = await registry.resolve(repository, tag);
      await registry.deleteTag(repository, tag, by);
      await registry.deleteManifest(repository, digest);
    },
  });
  const remove = async (inside: (registry: Registry) => Registry) => {
    const stage = await openStage({ profile: "oci", inside });
    await pushed(stage.bare, "one", [chosen]);
    await pushed(stage.bare, "another", [keep]);
    const { document } = await stage.remove([{ repository: app, targets: [{ tag: chosen }] }]);
    return document.tags[0];
  };
  expect(await remove((registry) => registry)).toMatchObject({ outcome: "removed", undoable: true });
  expect(await remove(deleting)).toMatchObject({ outcome: "removed", undoable: false });
});
