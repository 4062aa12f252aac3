import { describe, expect, it } from "vitest";
import { findUndoable, undoRemoval } from "../../src/app/removing/undo-removal.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { parseTag, type Tag } from "../../src/registry/names.ts";
import { readDecoy } from "../../src/untag/decoy.ts";
import { stateOf } from "../../src/untag/journal/journal.ts";
import { app, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { newest, recover } from "../suites/untag/cut-off.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

const [first, v1, v2, keep] = ["a0", "v1", "v2", "keep"].map(parseTag) as [Tag, Tag, Tag, Tag];
const noAnswer = new RegistryError("LOST", "no answer came");
const anHour = 60 * 60_000;

interface Change {
  readonly method: string;
  readonly of: string;
}

/** A stage on which the first PUT of a decoy on `v1` gets no answer, and is carried out when `late` is called. */
async function withLatePut(next: (change: Change) => void) {
  let late: (() => Promise<unknown>) | undefined;
  const stage: Stage = await openStage({
    async through(call, proceed) {
      const isDecoy = call.method === "putManifest" && readDecoy(call.args[2]) !== undefined;
      if (isDecoy && call.args[1] === v1 && late === undefined) {
        late = proceed;
        next({ method: "late", of: v1 });
        throw noAnswer;
      }
      if (late !== undefined && (isDecoy || call.method === "deleteManifest"))
        next({ method: call.method, of: call.args[1] });
      return proceed();
    },
  });
  const { descriptor } = await pushed(stage.bare, "one", [first, v1, v2, keep]);
  return { stage, late: async () => late?.(), digest: descriptor.digest };
}

describe("a PUT of the decoy that is carried out after everything else", () => {
  it.each([
    ["a signal", [v1], (_: Change, stop: AbortController) => stop.abort(new Error("interrupted"))],
    ["another tag's failure", [first, v1, v2], ({ of }: Change) => failWhere(of === v2, "UNKNOWN", 507)],
    ["a refused deletion", [v1], ({ method }: Change) => failWhere(method === "deleteManifest", "DENIED", 403)],
    ["a 500", [v1], ({ method }: Change) => failWhere(method === "putManifest", "UNKNOWN", 500)],
  ] as const)("is waited for after %s", async (_what, tags, next) => {
    const interruption = new AbortController();
    const { stage, late, digest } = await withLatePut((change) => next(change, interruption));
    const targets = tags.map((tag) => ({ tag }));
    await stage.remove([{ repository: app, targets }], { signal: interruption.signal });
    expect(stateOf(await newest(stage))).toBe("open");
    await late();
    expect(readDecoy(await stage.bare.getManifest(app, v1))).toBeDefined();
    await recover(stage, true);
    expect(await digestAt(stage.bare, app, v1)).toBe(digest);
  });
});

function failWhere(isIt: boolean, code: "UNKNOWN" | "DENIED", status: number): void {
  if (isIt) throw new RegistryError(code, "no", { status });
}

describe("a deletion by tag that is carried out an age later", () => {
  it.each([
    { refusal: undefined, what: "LOST" },
    { refusal: new RegistryError("DENIED", "no"), what: "LOST, and then refused" },
  ])("is waited for by recover, and can be undone: $what", async ({ refusal }) => {
    let late: (() => Promise<unknown>) | undefined;
    const stage: Stage = await openStage({
      profile: "distribution3",
      async through({ method, args }, proceed) {
        if (method !== "deleteTag" || args[1] !== v1) return proceed();
        if (late !== undefined && refusal !== undefined) throw refusal;
        late ??= proceed;
        throw noAnswer;
      },
    });
    const { descriptor } = await pushed(stage.bare, "one", [v1, keep]);
    await stage.remove([{ repository: app, targets: [{ tag: v1 }] }]);
    const [report] = await recover(stage);
    expect(report?.tags[0]?.outcome).toMatchObject({ outcome: "failed", code: "UNANSWERED" });
    expect(stateOf(await newest(stage))).toBe("open");
    await late?.();
    expect((await recover(stage))[0]?.tags[0]?.outcome.outcome).toBe("removed");
    await undoRemoval(stage.session, await findUndoable(stage, {}), { ...stage.options(), force: false });
    expect(await digestAt(stage.bare, app, v1)).toBe(descriptor.digest);
  });

  it("is not waited for longer than an hour", async () => {
    const stage: Stage = await openStage({
      profile: "distribution3",
      async through({ method, args }, proceed) {
        if (method === "deleteTag" && args[1] === v1) throw noAnswer;
        return proceed();
      },
    });
    await pushed(stage.bare, "one", [v1, keep]);
    await stage.remove([{ repository: app, targets: [{ tag: v1 }] }]);
    await stage.clock.sleep(anHour);
    await recover(stage);
    expect(stateOf(await newest(stage))).toBe("rolled-back");
  });
});
