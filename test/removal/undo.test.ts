import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findUndoable, undoRemoval } from "../../src/app/removing/undo-removal.ts";
import { digestOf } from "../../src/registry/digest.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { isDigest, parseTag } from "../../src/registry/names.ts";
import { makeDecoy } from "../../src/untag/decoy.ts";
import type { Emit } from "../../src/untag/events.ts";
import { stateOf } from "../../src/untag/journal/journal.ts";
import { lockRepositories } from "../../src/untag/locking.ts";
import { app, bytesOf, other, pushed } from "../suites/registry/contents.ts";
import { digestAt, standingsOf } from "../suites/untag/audit.ts";
import { openStage } from "../suites/untag/stage.ts";
import { named, one1, one2, removedStage, undo } from "../suites/untag/undoing.ts";

describe.each(["distribution2", "distribution3", "harbor"])("undo of a removal on %s", (profile) => {
  it("begins no other tag after a signal, and says which; the next undo puts back the rest", async () => {
    const { stage, before } = await removedStage({ profile });
    const interruption = new AbortController();
    const emit: Emit = ({ kind }) => kind === "outcome" && interruption.abort(new Error("interrupted"));
    const stopped = await undo(stage, { more: { concurrency: 1, emit, signal: interruption.signal } });
    const outcomes = stopped.document.tags.map(({ outcome, code = "" }) => `${outcome} ${code}`.trim());
    expect(outcomes).toEqual(["restored", ...outcomes.slice(1).map(() => "failed INTERRUPTED")]);
    expect(outcomes.length).toBeGreaterThan(2);
    await undo(stage);
    expect(await standingsOf(stage.bare, [app, other])).toEqual(before);
  });

  it("puts every tag back where it was, to the byte", async () => {
    const { stage, before, operation } = await removedStage({ profile });
    expect((await standingsOf(stage.bare, [app, other])).size).toBe(before.size - 6);
    const { ends } = await undo(stage);
    expect(new Set(ends.map((end) => end.split(" ")[1]))).toEqual(new Set(["restored"]));
    expect(await standingsOf(stage.bare, [app, other])).toEqual(before);
    const read = await stage.journal.read(operation);
    expect(read && stateOf(read)).toBe("undone");
  });
});

describe("undo", () => {
  it("has nothing to do a second time, and says so", async () => {
    const { stage, operation } = await removedStage();
    await undo(stage);
    await expect(undo(stage)).rejects.toMatchObject({
      said: "NOTHING_TO_UNDO",
      next: expect.stringContaining("history"),
    });
    await expect(undo(stage, { operation })).rejects.toMatchObject({ said: "NOTHING_TO_UNDO" });
  });

  it("puts back some, and the rest later", async () => {
    const { stage, before, operation } = await removedStage();
    expect((await undo(stage, { tags: [one1] })).ends).toEqual(["one1 restored"]);
    expect(await digestAt(stage.bare, app, one2)).toBeUndefined();
    const half = await stage.journal.read(operation);
    expect(half && stateOf(half)).toBe("done");
    await expect(undo(stage, { tags: [one1] })).rejects.toMatchObject({ said: "NOTHING_TO_UNDO" });
    await undo(stage);
    expect(await standingsOf(stage.bare, [app, other])).toEqual(before);
  });

  it("goes by the last operation that removed a named tag, and that must have removed all of them", async () => {
    const { stage, operation } = await removedStage();
    const names = [named(one1), named(one2)];
    expect((await findUndoable(stage, { names })).operation.operation).toBe(operation);
    await pushed(stage.bare, "later", [one1]);
    await stage.remove([{ repository: app, targets: [{ tag: one1 }] }]);
    expect((await findUndoable(stage, { names: [named(one1)] })).operation.operation).not.toBe(operation);
    expect((await findUndoable(stage, { names: [named(one2)] })).operation.operation).toBe(operation);
    // of one1 the older operation knows an older image
    await expect(findUndoable(stage, { names })).rejects.toThrow("no one operation removed all of these tags");
  });

  it("refuses where somebody has pushed since, unless it is forced", async () => {
    const { stage, before } = await removedStage();
    const push = await pushed(stage.bare, "new", [one1]);
    const { ends, document, code } = await undo(stage, { tags: [one1] });
    expect([ends, code]).toEqual([["one1 refused PUSHED_ANEW"], 4]);
    expect(document.tags[0]?.reason).toMatch(/--force/);
    expect(await digestAt(stage.bare, app, one1)).toBe(push.descriptor.digest);
    expect((await undo(stage, { tags: [one1], force: true })).ends).toEqual(["one1 restored"]);
    expect(await digestAt(stage.bare, app, one1)).toBe(before.get(`registry.test/${app}:${one1}`));
  });

  it("puts nothing over a push that comes while it looks for what may be gone", async () => {
    let isUndone = false;
    const { stage } = await removedStage({
      async through({ method, args }, proceed) {
        if (isUndone && method === "getManifest" && isDigest(args[1])) {
          isUndone = false;
          await pushed(stage.bare, "meanwhile", [one1]);
        }
        return proceed();
      },
    });
    isUndone = true;
    expect((await undo(stage, { tags: [one1] })).ends).toEqual(["one1 refused PUSHED_ANEW"]);
  });

  it("is not hindered by a sibling that was lost for good", async () => {
    const [chosen, lost] = [parseTag("chosen"), parseTag("lost")];
    const stage = await openStage({
      profile: "none",
      inside: (registry) => ({
        ...registry,
        async deleteTag(repository, tag, by) {
          await registry.deleteTag(repository, tag, by);
          if (tag === chosen)
            await registry.deleteManifest(repository, (await registry.resolve(repository, lost)).digest);
        },
      }),
    });
    const { descriptor } = await pushed(stage.bare, "one", [chosen, parseTag("kept")]);
    await pushed(stage.bare, "two", [lost]);
    const { code, document } = await stage.remove([{ repository: app, targets: [{ tag: chosen }] }]);
    expect([code, document.lost, document.tags[0]?.undoable]).toEqual([5, [lost], true]);
    expect((await undo(stage)).ends).toEqual(["chosen restored"]);
    expect(await digestAt(stage.bare, app, chosen)).toBe(descriptor.digest);
  });

  it("names the operation whose decoy the tag stands on, and puts nothing over it", async () => {
    const { stage } = await removedStage();
    const originals = new Map([[one1, digestOf(bytesOf("x"))]]);
    const decoy = makeDecoy({ operation: "theirs", host: "other", nonce: "1", at: new Date(0), originals });
    const { digest } = await stage.bare.putManifest(app, one1, decoy);
    const { ends, document, code } = await undo(stage, { tags: [one1] });
    expect([ends, code]).toEqual([["one1 refused DECOY"], 4]);
    expect(document.tags[0]?.reason).toMatch(/decoy of operation theirs; `tagwise recover`/);
    expect(await digestAt(stage.bare, app, one1)).toBe(digest);
  });

  it("ends each tag by itself", async () => {
    const { stage } = await removedStage();
    await pushed(stage.bare, "new", [one1]);
    const { ends } = await undo(stage);
    expect(ends.filter((end) => end.endsWith("restored"))).toHaveLength(5);
    expect(ends).toContain("one1 refused PUSHED_ANEW");
  });

  it("waits for an operation that is still at work, and then undoes that one and not an older", async () => {
    const { stage: old, operation: first } = await removedStage();
    await pushed(old.bare, "second", [one1]);
    let undoing: ReturnType<typeof undo> | undefined;
    const { document } = await old.remove([{ repository: app, targets: [{ tag: one1 }] }], {
      emit(event) {
        if (event.kind === "progress" && event.phase === "removing") undoing ??= undo(old, { wait: 60_000 });
      },
    });
    const undone = await undoing;
    expect(undone?.ends).toEqual(["one1 restored"]);
    expect(undone?.document.operation).toBe(document.operation);
    expect(undone?.document.operation).not.toBe(first);
  });

  it("says what to do about an operation that was cut off", async () => {
    const { stage, operation } = await removedStage();
    const file = join(stage.directory, "journal", `${operation}.jsonl`);
    const lines = (await readFile(file, "utf8")).split("\n");
    await writeFile(file, `${lines.slice(0, 3).join("\n")}\n`);
    const refusal = { said: "CUT_OFF", next: expect.stringContaining("recover") };
    for (const asking of [{}, { operation }, { tags: [one1] }]) {
      await expect(undo(stage, asking)).rejects.toMatchObject(refusal);
    }
  });

  it("is kept out while somebody else is at work on the repository", async () => {
    const { stage } = await removedStage();
    const { locks: directories, clock } = stage.options();
    const held = await lockRepositories([other], {
      directories,
      registry: "registry.test",
      wait: 0,
      sleep: clock.sleep,
    });
    await expect(undo(stage)).rejects.toMatchObject({ said: "BUSY" });
    await held.release();
    expect((await undo(stage)).ends).toHaveLength(6);
  });

  it("tells the truth where the journal cannot be told", async () => {
    const { stage, before } = await removedStage();
    const journal = { ...stage.journal, record: async () => Promise.reject(new Error("ENOSPC: no space left")) };
    const request = await findUndoable(stage, { names: [] });
    const reports = await undoRemoval(stage.session, request, { ...stage.options(), journal, force: false });
    expect(reports.flatMap(({ tags }) => tags.map(({ outcome }) => outcome.outcome))).toEqual(
      Array(6).fill("restored"),
    );
    expect(stage.events).toContainEqual(
      expect.objectContaining({ kind: "note", says: expect.stringMatching(/no space left/) }),
    );
    expect(await standingsOf(stage.bare, [app, other])).toEqual(before);
    expect((await undo(stage)).ends).toHaveLength(6);
  });

  it("tries again where the server is busy, and looks first whether somebody has pushed meanwhile", async () => {
    let isBusy = false;
    const { stage } = await removedStage({
      async through(call, proceed) {
        if (!isBusy || call.method !== "putManifest") return proceed();
        isBusy = false;
        await pushed(stage.bare, "meanwhile", [one1]);
        throw new RegistryError("TOOMANYREQUESTS", "slow down", { retryAfter: 30 });
      },
    });
    isBusy = true;
    expect((await undo(stage, { tags: [one1] })).ends).toEqual(["one1 refused PUSHED_ANEW"]);
  });
});
