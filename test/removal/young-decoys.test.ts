import { expect, it } from "vitest";
import { foundRemnants } from "../../src/app/removing/find-remnants.ts";
import { recoverAll } from "../../src/app/removing/recover-operations.ts";
import { makeDecoy } from "../../src/untag/decoy.ts";
import { app, first, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { latest } from "../suites/untag/scene.ts";
import { openStage } from "../suites/untag/stage.ts";

const minute = 60_000;

it.each([
  { host: "elsewhere", age: 0, isLeft: true },
  { host: "elsewhere", age: 9, isLeft: true },
  { host: "elsewhere", age: -9, isLeft: true }, // its clock is ahead
  { host: "elsewhere", age: 11, isLeft: false },
  { host: "host", age: 0, isLeft: false },
])("a decoy of $host that is $age minutes old, of which no journal knows, is left alone: $isLeft", async (scene) => {
  const stage = await openStage();
  const { descriptor } = await pushed(stage.bare, "one", [first, latest]);
  const decoy = makeDecoy({
    operation: "01J00000000000000000000000",
    nonce: "n",
    host: scene.host,
    at: new Date(stage.clock.now().getTime() - scene.age * minute),
    originals: new Map([[first, descriptor.digest]]),
  });
  const { digest } = await stage.bare.putManifest(app, first, decoy);
  const options = { ...stage.options(), rollback: false };
  const remnants = await foundRemnants(stage.session, app, [], options);
  expect(remnants).toMatchObject([{ repository: app, tags: [first] }]);
  expect(remnants[0]?.what.includes("another host or user may still be at work on it")).toBe(scene.isLeft);
  await recoverAll(stage.session, remnants, options);
  expect(await digestAt(stage.bare, app, first)).toBe(scene.isLeft ? digest : undefined);
});
