import { join } from "node:path";
import { expect, it } from "vitest";
import { parseTag, type Tag } from "../../src/registry/names.ts";
import { makeDecoy } from "../../src/untag/decoy.ts";
import { journalIn } from "../../src/untag/journal/journal-file.ts";
import { app, pushed } from "../suites/registry/contents.ts";
import { standingsOf } from "../suites/untag/audit.ts";
import { turns } from "../suites/untag/liars.ts";
import { latest, tagsNamed } from "../suites/untag/scene.ts";
import { openStage, type Stage, virtualClock } from "../suites/untag/stage.ts";

const [mine, theirs] = ["mine", "theirs"].map(parseTag) as [never, never];
const requests = [{ repository: app, targets: [{ tag: mine }] }];
const listed = async ({ bare }: Stage) =>
  [...(await standingsOf(bare, [app])).keys()].map((name) => name.split(":")[1]);

/** Numbers from 0 to 3 that look drawn by chance, and are the same in every run. */
function drawing(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    return state >>> 30;
  };
}

/** A removal from another machine: with locks, a journal and a clock of its own. */
const host = (stage: Stage, name: string, tags: readonly Tag[]) =>
  stage.remove([{ repository: app, targets: tags.map((tag) => ({ tag })) }], {
    clock: virtualClock(),
    locks: [join(stage.directory, `locks-${name}`)],
    journal: journalIn(join(stage.directory, `journal-${name}`)),
  });

it.each(["distribution2", "distribution3"])(
  "on %s a tag that somebody removed while the plan was read stays removed, and is no sibling",
  async (profile) => {
    const stage = await openStage({ profile });
    await pushed(stage.bare, "one", [mine, theirs, latest]);
    const { document, code } = await stage.remove(requests, {
      async confirm() {
        await stage.clock.sleep(30_000);
        await stage.bare.deleteTag(app, theirs);
        return true;
      },
    });
    expect([code, document.restored, document.lost]).toEqual([0, [], undefined]);
    expect(document.tags[0]?.siblings).toEqual([latest]);
    expect(await listed(stage)).toEqual([latest]);
  },
);

it("a tag that goes with the decoy of another host was moved, not lost", async () => {
  const stage = await openStage();
  await pushed(stage.bare, "one", [mine, latest]);
  const { descriptor } = await pushed(stage.bare, "two", [theirs]);
  const originals = new Map([[theirs, descriptor.digest]]);
  const decoy = makeDecoy({ operation: "x", host: "other", nonce: "1", at: new Date(0), originals });
  const { digest } = await stage.bare.putManifest(app, theirs, decoy);
  const { document, code } = await stage.remove(requests, {
    confirm: async () => stage.bare.deleteManifest(app, digest).then(() => true),
  });
  expect([code, document.moved, document.restored, document.lost]).toEqual([0, [theirs], [], undefined]);
  expect(await listed(stage)).toEqual([latest]);
});

it.each(["distribution2", "distribution3"])(
  "on %s two hosts that remove tags of different manifests at once leave both removed",
  async (profile) => {
    for (let seed = 0; seed < 20; seed++) {
      const draw = drawing(seed);
      const stage = await openStage({
        profile,
        async through(_call, proceed) {
          await turns(draw());
          return proceed();
        },
      });
      await pushed(stage.bare, "one", [mine, latest]);
      await pushed(stage.bare, "two", [theirs]);
      const ends = await Promise.all([host(stage, "a", [mine]), host(stage, "b", [theirs])]);
      expect(ends.map(({ code, document }) => [code, document.restored])).toEqual([
        [0, []],
        [0, []],
      ]);
      expect(await listed(stage)).toEqual([latest]);
    }
  },
);

it("two hosts that remove the same tags at once strand none, and leave each gone or where it was", async () => {
  const tags = tagsNamed("some", 4);
  for (let seed = 0; seed < 20; seed++) {
    const draw = drawing(seed);
    const stage = await openStage({
      async through(_call, proceed) {
        await turns(draw());
        return proceed();
      },
    });
    const { descriptor } = await pushed(stage.bare, "one", [...tags, latest]);
    const ends = await Promise.all([host(stage, "a", tags), host(stage, "b", tags)]);
    for (const { document, code } of ends) expect(code, JSON.stringify(document.tags)).not.toBe(5);
    expect(await listed(stage)).toContain(latest);
    const stands = new Set((await standingsOf(stage.bare, [app])).values());
    expect([...stands], JSON.stringify(ends)).toEqual([descriptor.digest]);
  }
});
