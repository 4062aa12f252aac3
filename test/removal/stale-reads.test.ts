import { describe, expect, it } from "vitest";
import { findUndoable, undoRemoval } from "../../src/app/removing/undo-removal.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import type { Descriptor } from "../../src/registry/image.ts";
import { isDigest, parseTag } from "../../src/registry/names.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { app, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

const [v1, keep] = [parseTag("v1"), parseTag("keep")];
const removal = [{ repository: app, targets: [{ tag: v1 }] }];

/** Answers a HEAD of a tag for two seconds as the first time, like a proxy that remembers or a replica that is behind. */
function remembering(registry: Registry, stage: () => Stage): Registry {
  const seen = new Map<string, { readonly at: number; readonly descriptor: Descriptor }>();
  return {
    ...registry,
    async resolve(repository, reference) {
      if (isDigest(reference)) return registry.resolve(repository, reference);
      const now = stage().clock.ticks();
      const known = seen.get(reference);
      if (known !== undefined && now - known.at < 2_000) return known.descriptor;
      const descriptor = await registry.resolve(repository, reference);
      seen.set(reference, { at: now, descriptor });
      return descriptor;
    },
  };
}

describe("a registry that shows for a while what was", () => {
  it("gets the original back after a signal, although it shows it already", async () => {
    const interruption = new AbortController();
    const stage: Stage = await openStage({
      inside: (registry) => remembering(registry, () => stage),
      async through({ method, args }, proceed) {
        const result = await proceed();
        if (method === "putManifest" && args[1] === v1) interruption.abort(new Error("interrupted"));
        return result;
      },
    });
    const { descriptor } = await pushed(stage.bare, "one", [v1, keep]);
    const { document } = await stage.remove(removal, { signal: interruption.signal });
    expect(document.tags[0]?.outcome).toBe("restored");
    expect(await digestAt(stage.bare, app, v1)).toBe(descriptor.digest);
  });

  it("is not said to have got a push where it finds no decoy to delete yet", async () => {
    let isBehind = true;
    const stage: Stage = await openStage({
      inside: (registry) => ({
        ...remembering(registry, () => stage),
        async deleteManifest(...args) {
          if (isBehind && stage.clock.ticks() < 2_000) throw new RegistryError("MANIFEST_UNKNOWN", "unknown");
          isBehind = false;
          return registry.deleteManifest(...args);
        },
      }),
    });
    const { descriptor } = await pushed(stage.bare, "one", [v1, keep]);
    const { document } = await stage.remove(removal);
    const stands = await digestAt(stage.bare, app, v1);
    const ends = { removed: undefined, restored: descriptor.digest };
    expect(Object.entries(ends)).toContainEqual([document.tags[0]?.outcome, stands]);
  });

  it("gets an undone tag, although it shows it still", async () => {
    const stage: Stage = await openStage({
      profile: "distribution3",
      inside: (registry) => remembering(registry, () => stage),
    });
    const { descriptor } = await pushed(stage.bare, "one", [v1, keep]);
    expect((await stage.remove(removal)).code).toBe(0);
    const [report] = await undoRemoval(stage.session, await findUndoable(stage, {}), {
      ...stage.options(),
      force: false,
    });
    expect(report?.tags[0]?.outcome.outcome).toBe("restored");
    expect(await digestAt(stage.bare, app, v1)).toBe(descriptor.digest);
  });
});
