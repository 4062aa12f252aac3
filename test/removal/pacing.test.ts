import { expect, it } from "vitest";
import type { Digest } from "../../src/registry/names.ts";
import { app, pushed } from "../suites/registry/contents.ts";
import { latest, tagsNamed } from "../suites/untag/scene.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

const tags = tagsNamed("some", 120);

/** How many tags went at a time, where the deletion of so many lasts so many milliseconds. */
async function chunksWhere(lasts: (tags: number) => number): Promise<readonly number[]> {
  const stage: Stage = await openStage({
    async through(call, proceed) {
      const chunk = call.method === "deleteManifest" ? (await chunksOf(stage)).get(call.args[1]) : undefined;
      if (chunk !== undefined) await stage.clock.sleep(lasts(chunk));
      return proceed();
    },
  });
  await pushed(stage.bare, "one", [...tags, latest]);
  const { code } = await stage.remove([{ repository: app, targets: tags.map((tag) => ({ tag })) }]);
  expect(code).toBe(0);
  return [...(await chunksOf(stage)).values()];
}

/** The number of tags on each decoy, in their order. */
async function chunksOf({ journal }: Stage): Promise<ReadonlyMap<Digest, number>> {
  const steps = (await journal.list()).operations.flatMap((operation) => operation.steps);
  return new Map(steps.flatMap((step) => (step.step === "decoy" ? [[step.digest, step.tags.length] as const] : [])));
}

it("chunks grow where more tags cost no more time, and stay small where each tag costs its own", async () => {
  expect(await chunksWhere(() => 10_000)).toEqual([1, 8, 32, 79]);
  const small = await chunksWhere((count) => 10_000 * count);
  expect(Math.max(...small)).toBeLessThan(16);
});
