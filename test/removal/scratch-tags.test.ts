import { join } from "node:path";
import { expect, it } from "vitest";
import { cutOffOperations, journalledRemnants } from "../../src/app/removing/find-remnants.ts";
import { recoverAll } from "../../src/app/removing/recover-operations.ts";
import { everyTag } from "../../src/registry/pages.ts";
import { app, first, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { turns } from "../suites/untag/liars.ts";
import { latest } from "../suites/untag/scene.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

interface Kill {
  readonly profile: string;
  /** The number of the call during which tagwise is killed. */
  readonly at: number;
  /** True where the registry carries that call out. */
  readonly isCarriedOut: boolean;
}

/** A removal of `first` that goes no further than that call; undefined where it is over before. */
async function killed({ profile, at, isCarriedOut }: Kill): Promise<Stage | undefined> {
  let kill = () => {};
  const isKilled = new Promise<undefined>((resolve) => (kill = () => resolve(undefined)));
  let count = 0;
  let isDead = false;
  const stage = await openStage({
    profile,
    async through(_, proceed) {
      if (++count < at || isDead) return proceed();
      if (count === at && isCarriedOut) await proceed();
      kill();
      return new Promise<never>(() => {});
    },
  });
  await pushed(stage.bare, "one", [first, latest]);
  const removing = stage.remove([{ repository: app, targets: [{ tag: first }] }]);
  const isOver = (await Promise.race([removing, isKilled])) !== undefined;
  await turns(20); // what is under way ends, and nothing follows it
  isDead = true;
  return isOver ? undefined : stage;
}

async function recover({ session, journal, directory, options: withDefaults }: Stage): Promise<void> {
  // a dead process's locks are taken over; here it is the same process
  const options = withDefaults({ locks: [join(directory, "locks-of-another")] });
  const operations = await cutOffOperations({ journal });
  const remnants = await journalledRemnants(session, operations, { ...options, rollback: false });
  await recoverAll(session, remnants, { ...options, rollback: false });
}

const scratchIn = async ({ bare }: Stage) => (await everyTag(bare, app)).filter((tag) => tag.includes("scratch"));

it.each(
  ["harbor", "gitlab"].flatMap((profile) => [
    { profile, isCarriedOut: true, what: "carried out" },
    { profile, isCarriedOut: false, what: "not carried out" },
  ]),
)("killed on $profile at whichever call, $what, recover removes every scratch tag", async (scene) => {
  let left = 0;
  for (let at = 1; ; at++) {
    const stage = await killed({ ...scene, at });
    if (stage === undefined) break;
    const original = await digestAt(stage.bare, app, latest);
    left += (await scratchIn(stage)).length;
    await recover(stage);
    expect([at, await scratchIn(stage)]).toEqual([at, []]);
    expect(await digestAt(stage.bare, app, latest)).toBe(original);
    expect([original, undefined]).toContain(await digestAt(stage.bare, app, first));
    expect(await cutOffOperations(stage)).toEqual([]);
  }
  expect(left).toBeGreaterThan(8);
});
