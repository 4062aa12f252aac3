import { describe, expect, it } from "vitest";
import { removalDocument } from "../../src/app/removing/removal-document.ts";
import { findUndoable, undoRemoval } from "../../src/app/removing/undo-removal.ts";
import type { Clock } from "../../src/support/clock.ts";
import { stateOf } from "../../src/untag/journal/journal.ts";
import { app, other } from "../suites/registry/contents.ts";
import { standingsOf } from "../suites/untag/audit.ts";
import { chosen, furnish } from "../suites/untag/scene.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

const year = 365 * 24 * 3_600_000;
const today = Date.UTC(2026, 0, 1);

/** The wall's clock at each reading; what passes is measured by another, which goes on as always. */
const walls: Readonly<Record<string, (reading: number) => number>> = {
  "stands still": () => today,
  "goes backward": (reading) => today - reading * 60_000,
  "jumps a year at every reading, to and fro": (reading) => today + (reading % 2 === 0 ? year : -year),
  "knows no year but 1970": (reading) => reading,
  "stands before 1970": (reading) => reading - year,
  "stands behind the last year that an operation's name can tell": () => 8.64e15,
};

function readBy(wall: (reading: number) => number, stage: Stage): Clock {
  let reading = 0;
  return { ...stage.clock, now: () => new Date(wall(reading++)) };
}

describe.each(Object.entries(walls))("where the clock %s", (_what, wall) => {
  it.each(["distribution2", "harbor"])("a removal on %s does the same, and all is put back", async (profile) => {
    const stage = await openStage({ profile });
    await furnish(stage.bare);
    const before = await standingsOf(stage.bare, [app, other]);
    const clock = readBy(wall, stage);

    const { document, code } = await stage.remove(chosen, { clock });
    expect(code).toBe(0);
    expect(new Set(document.tags.map(({ outcome }) => outcome))).toEqual(new Set(["removed"]));
    expect((await standingsOf(stage.bare, [app, other])).size).toBe(before.size - 6);

    const request = await findUndoable(stage, { names: [] });
    const reports = await undoRemoval(stage.session, request, { ...stage.options({ clock }), force: false });
    const undone = { operation: null, dryRun: false, reports, requests: 0, milliseconds: 0 };
    const { tags } = removalDocument(stage.session.address, undone);
    expect(new Set(tags.map(({ outcome }) => outcome))).toEqual(new Set(["restored"]));
    expect(await standingsOf(stage.bare, [app, other])).toEqual(before);
    expect((await stage.journal.list()).operations.map(stateOf)).toEqual(["undone"]);
  });
});

it("the last operation is the one that was begun last, also where the clock was set back between them", async () => {
  const stage = await openStage();
  await furnish(stage.bare);
  const began: (string | null)[] = [];
  for (const [days, request] of [...chosen.entries()]) {
    const clock = { ...stage.clock, now: () => new Date(today - days * 24 * 3_600_000) };
    began.push((await stage.remove([request], { clock })).document.operation);
  }
  const { operations } = await stage.journal.list();
  expect(operations.map(({ operation }) => operation)).toEqual(began.reverse());
  expect((await findUndoable(stage, { names: [] })).operation.operation).toBe(began[0]);
});
