import { describe, expect, it } from "vitest";
import { intercept, type RegistryCall } from "../../src/decorators/intercept.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { parseTag, type Tag } from "../../src/registry/names.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { readDecoy } from "../../src/untag/decoy.ts";
import type { TagOutcome } from "../../src/untag/outcome.ts";
import type { Removal, UntagStrategy, Work } from "../../src/untag/strategy.ts";
import { app, image, type Made, pushed } from "./registry/contents.ts";
import { standingsOf } from "./untag/audit.ts";
import { randomFrom, virtualClock } from "./untag/stage.ts";

/** An empty registry as the strategy meets it, and the same past all quirks. */
export interface Ground {
  readonly registry: Registry;
  readonly bare: Registry;
}

export interface StrategyGrounds {
  /** A registry that offers the strategy. */
  readonly offered: () => Ground;
  /** One that does not. */
  readonly unsupported: () => Ground;
}

const tags = ["a", "b", "c", "d", "e"].map(parseTag);
const [first, second, third] = tags as [Tag, Tag, Tag];
const siblings = ["a-b", "a.b", "aa", "latest"].map(parseTag);

function workOn(registry: Registry, more: Partial<Work> = {}): Work {
  return {
    registry,
    repository: app,
    operation: "01J00000000000000000000000",
    host: "host",
    record: async () => {},
    emit: () => {},
    clock: virtualClock(),
    random: randomFrom("strategy"),
    concurrency: 2,
    ...more,
  };
}

const removalOf = ({ descriptor, mediaType, bytes }: Made, tag: Tag): Removal => ({
  tag,
  original: { digest: descriptor.digest, manifest: { mediaType, bytes } },
});
const ends = (outcomes: readonly TagOutcome[]) => outcomes.map(({ tag, outcome }) => `${tag} ${outcome}`);

/** Checks what every strategy owes: exactly the named tags, each by itself, and nothing at all where it is not offered. */
export function describeStrategy(
  name: string,
  strategy: UntagStrategy,
  { offered, unsupported }: StrategyGrounds,
): void {
  /** Five tags and four siblings of one image, and a tag of another. */
  const furnished = async (ground: Ground) => {
    const made = await pushed(ground.bare, "one", [...tags, ...siblings]);
    await pushed(ground.bare, "two", [parseTag("other")]);
    return { ...ground, made, removals: tags.map((tag) => removalOf(made, tag)) };
  };
  const listed = async (bare: Registry) => [...(await standingsOf(bare, [app])).keys()].map((key) => key.split(":")[1]);

  describe(`the strategy ${name}`, () => {
    it("removes exactly the named tags, and says so of each", async () => {
      const { registry, bare, removals, made } = await furnished(offered());
      const outcomes = await strategy.remove(workOn(registry), removals);
      expect(ends(outcomes)).toEqual(tags.map((tag) => `${tag} removed`));
      expect(await listed(bare)).toEqual([...siblings, "other"].sort());
      for (const sibling of siblings) {
        expect((await bare.getManifest(app, sibling)).bytes).toEqual(made.bytes);
        expect((await bare.resolve(app, sibling)).digest).toBe(made.descriptor.digest);
      }
      expect((await bare.getManifest(app, made.descriptor.digest)).bytes, "the original itself").toEqual(made.bytes);
    });

    it("removes the last tag of a manifest, and the manifest stays", async () => {
      const { registry, bare } = offered();
      const made = await pushed(bare, "one", [first]);
      expect(ends(await strategy.remove(workOn(registry), [removalOf(made, first)]))).toEqual(["a removed"]);
      expect(await listed(bare)).toEqual([]);
      expect((await bare.resolve(app, made.descriptor.digest)).digest).toBe(made.descriptor.digest);
    });

    it("leaves no manifest of its own behind", async () => {
      const { registry, bare, removals } = await furnished(offered());
      const put: RegistryCall[] = [];
      const watched = intercept(registry, (call, proceed) => {
        if (call.method === "putManifest") put.push(call);
        return proceed();
      });
      await strategy.remove(workOn(watched), removals);
      for (const { args } of put) {
        const label = readDecoy((args as Parameters<Registry["putManifest"]>)[2]);
        expect(label, "writes nothing but decoys").toBeDefined();
      }
      expect((await standingsOf(bare, [app])).size).toBe(siblings.length + 1);
    });

    it("removes nothing when nothing is named", async () => {
      const { registry, bare } = await furnished(offered());
      const before = await standingsOf(bare, [app]);
      expect(await strategy.remove(workOn(registry), [])).toEqual([]);
      expect(await standingsOf(bare, [app])).toEqual(before);
    });

    it("ends each tag by itself: one moved, one gone, one not to be had", async () => {
      const { registry, bare, removals } = await furnished(offered());
      const moved = await image(bare, "moved");
      await bare.putManifest(app, first, moved);
      await bare.deleteTag(app, second);
      const guarded = refusing(
        registry,
        third,
        new RegistryError("LOCKED", "immutable", { status: 412, said: "IMMUTABLE" }),
      );
      const outcomes = await strategy.remove(workOn(guarded), removals);
      expect(ends(outcomes).sort()).toEqual(["a kept", "b absent", "c refused", "d removed", "e removed"]);
      expect(outcomes.find(({ tag }) => tag === first)?.digest).toBe(moved.descriptor.digest);
      expect(outcomes.find(({ tag }) => tag === third)).toMatchObject({ code: "IMMUTABLE" });
      expect(await listed(bare)).toEqual(["a", "c", ...siblings, "other"].sort());
    });

    it.each([401, 403, 409, 412, 423])(
      "takes a %d for the last word, and overwrites nothing after it",
      async (status) => {
        const { registry, bare, removals } = await furnished(offered());
        const before = await standingsOf(bare, [app]);
        const refusal = new RegistryError(status === 401 ? "UNAUTHORIZED" : "DENIED", "no", { status });
        const written: string[] = [];
        const refusesAll = intercept(registry, async (call, proceed) => {
          const isChange = ["putManifest", "deleteTag", "deleteManifest"].includes(call.method);
          if (isChange) written.push(String(call.args[1]));
          if (isChange) throw refusal;
          return proceed();
        });
        const outcomes = await strategy.remove(workOn(refusesAll), removals);
        expect(new Set(outcomes.map(({ outcome }) => outcome)).size).toBeGreaterThan(0);
        for (const { outcome } of outcomes) expect(["refused", "failed"]).toContain(outcome);
        expect(outcomes[0]?.outcome).toBe("refused");
        expect(new Set(written).size, "each tag is tried once at most").toBe(written.length);
        expect(await standingsOf(bare, [app])).toEqual(before);
      },
    );

    it("where it is not offered it changes nothing, and says so", async () => {
      const { registry, bare, removals } = await furnished(unsupported());
      const before = await standingsOf(bare, [app]);
      const outcomes = await strategy.remove(workOn(registry), removals).catch((error) => error);
      expect(await standingsOf(bare, [app])).toEqual(before);
      if (outcomes instanceof Error) expect(outcomes).toMatchObject({ code: "UNSUPPORTED" });
      else for (const { outcome } of outcomes) expect(["failed", "restored", "refused"]).toContain(outcome);
    });

    it("touches nothing once the signal has come", async () => {
      const { registry, bare, removals } = await furnished(offered());
      const before = await standingsOf(bare, [app]);
      const outcomes = await strategy.remove(workOn(registry, { signal: AbortSignal.abort() }), removals);
      expect(outcomes.map((outcome) => "code" in outcome && outcome.code)).toEqual(tags.map(() => "INTERRUPTED"));
      expect(await standingsOf(bare, [app])).toEqual(before);
    });

    it.each([1, 3, 64])("does the same at a concurrency of %d", async (concurrency) => {
      const { registry, bare, removals } = await furnished(offered());
      await strategy.remove(workOn(registry, { concurrency }), removals);
      expect(await listed(bare)).toEqual([...siblings, "other"].sort());
    });
  });
}

/** The same registry, where one tag is held against every change. */
function refusing(registry: Registry, tag: Tag, error: RegistryError): Registry {
  return intercept(registry, async (call, proceed) => {
    if ((call.method === "putManifest" || call.method === "deleteTag") && call.args[1] === tag) throw error;
    return proceed();
  });
}
