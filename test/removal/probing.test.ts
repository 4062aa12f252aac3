import { expect, it } from "vitest";
import type { RegistryCall } from "../../src/decorators/intercept.ts";
import { app, first, pushed } from "../suites/registry/contents.ts";
import { latest } from "../suites/untag/scene.ts";
import { openStage } from "../suites/untag/stage.ts";

const requests = [{ repository: app, targets: [{ tag: first }] }];

it.each([
  { profile: "harbor", are: "read all the same, since nothing is proven of its kind", siblings: [latest] },
  { profile: "distribution2", are: "not read", siblings: null },
  { profile: "distribution3", are: "not read", siblings: null },
])("with --verify listing the siblings on $profile are $are", async (scene) => {
  const stage = await openStage({ profile: scene.profile });
  await pushed(stage.bare, "one", [first, latest]);
  const { document } = await stage.remove(requests, { verify: "listing" });
  expect(document.tags[0]).toMatchObject({ outcome: "removed", siblings: scene.siblings });
  expect(document.proof).toBe(scene.siblings === null ? "listing" : "siblings");
});

it("what a probe deletes does not exist, and nobody could have guessed it", async () => {
  const stage = await openStage();
  await pushed(stage.bare, "one", [first, latest]);
  for (let time = 0; time < 3; time++) await stage.remove(requests, { dryRun: true });
  const isDeletion = ({ method }: RegistryCall) => method === "deleteTag" || method === "deleteManifest";
  const probed = stage.calls.filter(isDeletion).map(({ args }) => String(args[1]));
  expect(probed).toHaveLength(6); // by tag and by digest
  expect(new Set(probed.map((name) => name.slice(-16))).size).toBe(6);
});
