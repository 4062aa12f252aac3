import { describe, expect, it } from "vitest";
import type { RegistryCall } from "../../src/decorators/intercept.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { isDigest } from "../../src/registry/names.ts";
import { readDecoy } from "../../src/untag/decoy.ts";
import { app, other } from "../suites/registry/contents.ts";
import { audit, standingsOf } from "../suites/untag/audit.ts";
import { chosen, furnish } from "../suites/untag/scene.ts";
import { openStage, plainDisk, type Stage, type StageOptions } from "../suites/untag/stage.ts";

const unsupported = new RegistryError("UNSUPPORTED", "no deletion by digest");
const settings: readonly { readonly name: string; readonly options: StageOptions }[] = [
  ...["distribution2", "distribution3", "harbor"].map((profile) => ({ name: profile, options: { profile } })),
  {
    name: "an unknown kind that deletes by tag alone",
    options: {
      profile: "unknown",
      inside: (registry) => ({ ...registry, deleteManifest: async () => Promise.reject(unsupported) }),
    },
  },
];

describe.each(settings)("a signal during a removal on $name", ({ options }) => {
  it("begins nothing new, at whichever call it comes: what is not gone is back", async () => {
    const ends = new Set<string>();
    let number = 1;
    for (; await interruptedAt(number); number++);
    expect(number).toBeGreaterThan(20);
    expect(ends).toContain("removed");
    expect(ends).toContain("failed INTERRUPTED");
    if (options.profile === "distribution2") expect(ends).toContain("restored INTERRUPTED");

    /** False where the removal was over before that call. */
    async function interruptedAt(at: number): Promise<boolean> {
      const interruption = new AbortController();
      let count = 0;
      const stage = await openStage({
        ...options,
        async through(_, proceed) {
          if (++count === at) interruption.abort(new Error("interrupted"));
          return proceed();
        },
      });
      await furnish(stage.bare);
      const before = await standingsOf(stage.bare, [app, other]);
      const { signal } = interruption;
      const removed = await stage.remove(chosen, { signal, concurrency: 1 }).catch((): undefined => undefined);
      await audit(stage, { requests: chosen, before, removed });
      expect(stage.calls.slice(at).filter(beginsAnew).map(nameOf), `after call ${at}`).toEqual([]);
      for (const { outcome, code } of removed?.document.tags ?? [])
        ends.add(code === undefined ? outcome : `${outcome} ${code}`);
      expectForward(stage, at);
      return count >= at;
    }
  });
});

it("a signal that comes while the journal is written sends no deletion any more", async () => {
  const interruption = new AbortController();
  const stage = await openStage({
    disk: {
      ...plainDisk,
      async append(path, text) {
        await plainDisk.append(path, text);
        if (text.includes('"step":"sent"')) interruption.abort(new Error("interrupted"));
      },
    },
  });
  await furnish(stage.bare);
  const before = await standingsOf(stage.bare, [app, other]);
  const removed = await stage.remove(chosen, { signal: interruption.signal });
  await audit(stage, { requests: chosen, before, removed });
  expect(removed.document.tags[0]).toMatchObject({ outcome: "restored", code: "INTERRUPTED" });
  expect(await standingsOf(stage.bare, [app, other])).toEqual(before);
});

/** A tag put on a decoy, or removed by name: what a signal must prevent. Scratch tags go on being cleaned up. */
function beginsAnew(call: RegistryCall): boolean {
  if (call.method === "deleteTag") return !isOurs(call.args[1]);
  if (call.method !== "putManifest" || isDigest(call.args[1])) return false;
  return readDecoy(call.args[2]) !== undefined && !isOurs(call.args[1]);
}

/** A scratch tag, or one that a probe asks for. */
function isOurs(tag: string): boolean {
  return tag.startsWith("tagwise-");
}

/** Whatever was sent for deletion is not put back. */
function expectForward({ calls }: Stage, at: number): void {
  const call = calls[at - 1];
  if (call?.method !== "deleteManifest") return;
  const back = calls.slice(at).filter((later) => later.method === "putManifest" && !isDigest(later.args[1]));
  expect(back.filter((later) => !isOurs(String(later.args[1]))).map(nameOf)).toEqual([]);
}

function nameOf({ method, args }: RegistryCall): string {
  return `${method} ${args.slice(0, 2).join(" ")}`;
}
