import { expect, it } from "vitest";
import { parseTag, type Tag } from "../../src/registry/names.ts";
import { stateOf } from "../../src/untag/journal/journal.ts";
import { app, pushed } from "../suites/registry/contents.ts";
import { standingsOf } from "../suites/untag/audit.ts";
import { deletesNothing, leavesZombies } from "../suites/untag/liars.ts";
import { removeFrom, some } from "../suites/untag/remove-from.ts";
import { latest } from "../suites/untag/scene.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

it.each(["harbor", "nexus"])("a 202 of %s that deletes nothing is found out by the rehearsal", async (profile) => {
  const { ends, code, stage } = await removeFrom({ profile, inside: deletesNothing });
  expect(new Set(ends)).toEqual(new Set(["refused STRANDED"]));
  expect(code).toBe(5);
  expect(await scratchTags(stage)).toHaveLength(2);
  expect(stage.events).toContainEqual(
    expect.objectContaining({ kind: "note", says: expect.stringMatching(/left behind/) }),
  );
});

it("Nexus, whose tags outlive their manifest, is refused after the rehearsal", async () => {
  const { ends, code, stage } = await removeFrom({ profile: "nexus" });
  expect(new Set(ends)).toEqual(new Set(["refused STRANDED"]));
  expect(code).toBe(5);
  expect(new Set((await standingsOf(stage.bare, [app])).values()).size).toBe(1);
  expect(stage.events).toContainEqual(
    expect.objectContaining({ kind: "note", says: expect.stringMatching(/left behind/) }),
  );
});

it("a rehearsal that left its scratch tags behind is not repeated beside them", async () => {
  const { stage } = await removeFrom({ profile: "nexus" });
  const left = await scratchTags(stage);
  const { document } = await stage.remove([{ repository: app, targets: [{ tag: latest }] }]);
  expect(document.tags[0]).toMatchObject({
    code: "REHEARSAL_FAILED",
    reason: expect.stringContaining("tagwise-scratch-"),
  });
  expect(document.tags[0]).toMatchObject({ reason: expect.stringContaining("`tagwise recover`") });
  expect(await scratchTags(stage)).toEqual(left);
});

it("a kind of registry that takes siblings along is found out by the rehearsal, which leaves nothing behind", async () => {
  const { ends, document, code, stage } = await removeFrom({ profile: "greedy" });
  expect(document.proof, "nobody read the siblings again").toBe("listing");
  expect(new Set(ends)).toEqual(new Set(["refused REHEARSAL_FAILED"]));
  expect([document.restored, code]).toEqual([[], 4]);
  expect((await standingsOf(stage.session.registry, [app])).size).toBe(some.length + 1);
});

it("a rehearsal that passes leaves nothing behind", async () => {
  const { code, stage } = await removeFrom({ profile: "harbor" });
  expect(code).toBe(0);
  expect((await standingsOf(stage.session.registry, [app])).size).toBe(1);
});

const hazard = [parseTag("1"), parseTag("2")];

it.each(["1-rc", "1.2"])(
  "on S3 distribution 2 would leave a zombie beside %s: that tag is refused, the other goes, and no scratch tag stays",
  async (name) => {
    const stage = await openStage({ inside: leavesZombies });
    await pushed(stage.bare, "one", [...hazard, parseTag(name)]);
    const before = await standingsOf(stage.bare, [app]);
    const { document, code } = await stage.remove([{ repository: app, targets: hazard.map((tag) => ({ tag })) }]);
    expect(document.tags.map(({ outcome, code: why }) => why ?? outcome)).toEqual(["REHEARSAL_FAILED", "removed"]);
    expect(code).toBe(3);
    expect(document.tags[1]?.siblings).toEqual([hazard[0], name].sort()); // the refused one stayed, on the same manifest
    const left = [...before].filter(([tag]) => !tag.endsWith(":2"));
    expect([...(await standingsOf(stage.session.registry, [app]))]).toEqual(left);
  },
);

it("an operation that removed nothing, since one tag was refused and the other absent, is told as rolled back", async () => {
  const stage = await openStage({ inside: leavesZombies });
  await pushed(stage.bare, "one", [...hazard, parseTag("1-rc")]);
  const targets = [{ tag: hazard[0] as Tag }, { tag: parseTag("nowhere") }];
  const { document } = await stage.remove([{ repository: app, targets }]);
  expect(document.tags.map(({ outcome }) => outcome)).toEqual(["refused", "absent"]);
  const operation = await stage.journal.read(document.operation ?? "");
  expect(operation && stateOf(operation)).toBe("rolled-back");
});

it("the hazard of S3 costs no more than a rehearsal where the driver has no such fault", async () => {
  const { code, stage } = await removeFrom({}, { tags: [...hazard, parseTag("1-rc")] });
  expect(code).toBe(0);
  expect([...(await standingsOf(stage.session.registry, [app])).keys()]).toEqual([`registry.test/${app}:${latest}`]);
});

async function scratchTags(stage: Stage): Promise<readonly string[]> {
  return [...(await standingsOf(stage.session.registry, [app])).keys()].filter((name) =>
    name.includes("tagwise-scratch"),
  );
}
