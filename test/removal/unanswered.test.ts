import { expect, it } from "vitest";
import { findUndoable, undoRemoval } from "../../src/app/removing/undo-removal.ts";
import type { RegistryCall } from "../../src/decorators/intercept.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { type Digest, isDigest, parseTag, type Tag } from "../../src/registry/names.ts";
import { readDecoy } from "../../src/untag/decoy.ts";
import { stateOf } from "../../src/untag/journal/journal.ts";
import { recoverOperation } from "../../src/untag/recovery/recover.ts";
import { app, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { latest, tagsNamed } from "../suites/untag/scene.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

const mine = parseTag("mine");
const requests = [{ repository: app, targets: [{ tag: mine }] }];

const overwrites = (call: RegistryCall) =>
  call.method === "putManifest" && !isDigest(call.args[1]) && readDecoy(call.args[2]) !== undefined;
const deletes = (call: RegistryCall) => call.method === "deleteTag" && call.args[1] === mine;

it.each([
  { what: "overwriting", profile: "distribution2", isIt: overwrites, error: "UNAVAILABLE" },
  { what: "deletion", profile: "distribution3", isIt: deletes, error: "LOST" },
] as const)("a $what that is carried out after its answer was given up is found by recover", async (scene) => {
  let late: (() => Promise<unknown>) | undefined;
  const stage = await openStage({
    profile: scene.profile,
    async through(call, proceed) {
      if (!scene.isIt(call)) return proceed();
      await stage.clock.sleep(60_001);
      late = () => Promise.resolve(proceed());
      throw new RegistryError(scene.error, "no answer came");
    },
  });
  const { descriptor } = await pushed(stage.bare, "one", [mine, latest]);
  const { document, code } = await stage.remove(requests);
  expect([document.tags[0]?.outcome, code]).toEqual(["failed", 1]);
  await late?.();
  expect(await digestAt(stage.bare, app, mine)).not.toBe(descriptor.digest);
  const [operation] = (await stage.journal.list()).operations;
  if (operation === undefined) throw new Error("not in the journal");
  expect(stateOf(operation)).toBe("open");
  const options = { ...stage.options(), registry: stage.session.registry, rollback: false, removedSince: () => false };
  const [report] = await recoverOperation(operation, { ...options, record: stage.journal.record });
  expect(report?.tags.map(({ outcome }) => outcome.outcome)).toEqual(["removed"]);
  await undoRemoval(stage.session, await findUndoable(stage, { names: [] }), { ...stage.options(), force: false });
  expect(await digestAt(stage.bare, app, mine)).toBe(descriptor.digest);
});

/** Every twentieth of such requests is refused for a second, and each takes half of one. */
function busy(stage: () => Stage, isIt: (call: RegistryCall) => boolean) {
  let count = 0;
  return async (call: RegistryCall, proceed: () => Promise<unknown>) => {
    if (!isIt(call)) return proceed();
    await stage().clock.sleep(500);
    if (++count % 20 === 0) throw new RegistryError("TOOMANYREQUESTS", "slow down", { retryAfter: 1 });
    return proceed();
  };
}

it("a registry that is busy now and then is borne with for as long as the rest goes on", async () => {
  const tags = tagsNamed("some", 400);
  const isOne = ({ method, args }: RegistryCall) =>
    (method === "deleteTag" || method === "putManifest") && tags.includes(args[1] as Tag);
  const stage: Stage = await openStage({ profile: "distribution3", through: busy(() => stage, isOne) as never });
  await pushed(stage.bare, "one", [...tags, latest]);
  const { document, code } = await stage.remove([{ repository: app, targets: tags.map((tag) => ({ tag })) }]);
  expect([code, new Set(document.tags.map(({ outcome }) => outcome))]).toEqual([0, new Set(["removed"])]);
  const undoable = await findUndoable(stage, { names: [] });
  const [report] = await undoRemoval(stage.session, undoable, { ...stage.options(), force: false });
  expect(new Set(report?.tags.map(({ outcome }) => outcome.outcome))).toEqual(new Set(["restored"]));
});

/** The decoy's deletions are answered 429 until so many milliseconds after the first. */
async function deferring(milliseconds: number): Promise<{ readonly stage: Stage; readonly sent: readonly number[] }> {
  const sent: number[] = [];
  const stage: Stage = await openStage({
    async through(call, proceed) {
      const isDecoy =
        call.method === "deleteManifest" &&
        (await stage.bare.resolve(app, call.args[1] as Digest).catch(() => undefined)) !== undefined;
      if (!isDecoy) return proceed();
      const now = stage.clock.ticks();
      sent.push(now);
      if (now >= (sent[0] ?? 0) + milliseconds) return proceed();
      throw new RegistryError("TOOMANYREQUESTS", "slow down", { retryAfter: milliseconds / 1_000 });
    },
  });
  await pushed(stage.bare, "one", [mine, latest]);
  return { stage, sent };
}

it("a 429 to the decoy's deletion is waited out", async () => {
  const { stage, sent } = await deferring(30_000);
  const { document, code } = await stage.remove(requests);
  expect([document.tags[0]?.outcome, code, sent.length]).toEqual(["removed", 0, 2]);
});

it("a 429 that asks for more than patience is a refusal, and what was done is rolled back", async () => {
  const { stage, sent } = await deferring(90_000);
  const before = await digestAt(stage.bare, app, latest);
  const { document, code } = await stage.remove(requests);
  expect([document.tags[0]?.outcome, code, sent.length]).toEqual(["restored", 1, 1]);
  expect(await digestAt(stage.bare, app, mine)).toBe(before);
});

it("nothing is proven of siblings where nothing could be read back", async () => {
  let isOver = false;
  const stage: Stage = await openStage({
    async through(call, proceed) {
      if (isOver && call.method === "listTags") throw new RegistryError("DENIED", "the token has run out");
      const isDecoy =
        call.method === "deleteManifest" &&
        (await stage.bare.resolve(app, call.args[1] as Digest).catch(() => undefined));
      if (isDecoy) isOver = true;
      return proceed();
    },
  });
  await pushed(stage.bare, "one", [mine, latest]);
  const { document, code } = await stage.remove(requests);
  expect([document.proof, code]).toEqual(["listing", 5]);
});
