import { describe, expect, it } from "vitest";
import { intercept, type RegistryCall } from "../../src/decorators/intercept.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { parseTag, type Tag } from "../../src/registry/names.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { readDecoy } from "../../src/untag/decoy.ts";
import type { TagOutcome } from "../../src/untag/outcome.ts";
import type { TakeOut } from "../../src/untag/strategies/storage.ts";
import type { TagRemoval, UntagStrategy, Work } from "../../src/untag/strategy.ts";
import { app, image, type Made, pushed } from "./registry/contents.ts";
import { standingsOf } from "./untag/audit.ts";
import { randomFrom, virtualClock } from "./untag/stage.ts";

/** An empty registry as the strategy meets it, and the same past all quirks. */
export interface Ground {
  readonly registry: Registry;
  readonly bare: Registry;
  /** Where the registry's storage is at hand. */
  readonly takeOut?: TakeOut;
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

function workOn({ registry, takeOut }: Omit<Ground, "bare">, more: Partial<Work> = {}): Work {
  return {
    registry,
    ...(takeOut && { takeOut }),
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

const removalOf = ({ descriptor, mediaType, bytes }: Made, tag: Tag): TagRemoval => ({
  tag,
  original: { digest: descriptor.digest, manifest: { mediaType, bytes } },
});
const ends = (outcomes: readonly TagOutcome[]) => outcomes.map(({ tag, outcome }) => `${tag} ${outcome}`);

/**
 * Checks what every strategy owes: exactly the named tags, each by itself, and nothing at all where it is not offered.
 */
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
      const { bare, removals, made, ...ground } = await furnished(offered());
      const outcomes = await strategy.remove(workOn(ground), removals);
      expect(ends(outcomes)).toEqual(tags.map((tag) => `${tag} removed`));
      expect(await listed(bare)).toEqual([...siblings, "other"].sort());
      for (const sibling of siblings) {
        expect(Buffer.compare((await bare.getManifest(app, sibling)).bytes, made.bytes)).toBe(0);
        expect((await bare.resolve(app, sibling)).digest).toBe(made.descriptor.digest);
      }
      const { bytes } = await bare.getManifest(app, made.descriptor.digest);
      expect(Buffer.compare(bytes, made.bytes), "the original itself").toBe(0);
    });

    it("removes the last tag of a manifest, and the manifest stays", async () => {
      const { bare, ...ground } = offered();
      const made = await pushed(bare, "one", [first]);
      expect(ends(await strategy.remove(workOn(ground), [removalOf(made, first)]))).toEqual(["a removed"]);
      expect(await listed(bare)).toEqual([]);
      expect((await bare.resolve(app, made.descriptor.digest)).digest).toBe(made.descriptor.digest);
    });

    it("leaves no manifest of its own behind", async () => {
      const { bare, removals, ...ground } = await furnished(offered());
      const put: RegistryCall[] = [];
      const registry = intercept(ground.registry, (call, proceed) => {
        if (call.method === "putManifest") put.push(call);
        return proceed();
      });
      await strategy.remove(workOn({ ...ground, registry }), removals);
      for (const { args } of put) {
        const label = readDecoy((args as Parameters<Registry["putManifest"]>)[2]);
        expect(label, "writes nothing but decoys").toBeDefined();
      }
      expect((await standingsOf(bare, [app])).size).toBe(siblings.length + 1);
    });

    it("removes nothing when nothing is named", async () => {
      const { bare, ...ground } = await furnished(offered());
      const before = await standingsOf(bare, [app]);
      expect(await strategy.remove(workOn(ground), [])).toEqual([]);
      expect(await standingsOf(bare, [app])).toEqual(before);
    });

    it("ends each tag by itself: one moved, one gone, one not to be had", async () => {
      const { bare, removals, ...ground } = await furnished(offered());
      const moved = await image(bare, "moved");
      await bare.putManifest(app, first, moved);
      await bare.deleteTag(app, second);
      const immutable = new RegistryError("LOCKED", "immutable", { status: 412, said: "IMMUTABLE" });
      const guarded = refusing(ground, immutable, (tag) => tag === third);
      const outcomes = await strategy.remove(workOn(guarded), removals);
      expect(ends(outcomes).sort()).toEqual(["a kept", "b absent", "c refused", "d removed", "e removed"]);
      expect(outcomes.find(({ tag }) => tag === first)?.digest).toBe(moved.descriptor.digest);
      expect(outcomes.find(({ tag }) => tag === third)).toMatchObject({ code: "IMMUTABLE" });
      expect(await listed(bare)).toEqual(["a", "c", ...siblings, "other"].sort());
    });

    it.each([401, 403, 409, 412, 423])(
      "takes a %d for the last word, and overwrites nothing after it",
      async (status) => {
        const { bare, removals, ...ground } = await furnished(offered());
        const before = await standingsOf(bare, [app]);
        const refusal = new RegistryError(status === 401 ? "UNAUTHORIZED" : "DENIED", "no", { status });
        const written: string[] = [];
        const refusesAll = refusing(ground, refusal, (reference) => written.push(reference) > 0);
        const outcomes = await strategy.remove(workOn(refusesAll), removals);
        expect(new Set(outcomes.map(({ outcome }) => outcome)).size).toBeGreaterThan(0);
        for (const { outcome } of outcomes) expect(["refused", "failed"]).toContain(outcome);
        expect(outcomes[0]?.outcome).toBe("refused");
        expect(new Set(written).size, "each tag is tried once at most").toBe(written.length);
        expect(await standingsOf(bare, [app])).toEqual(before);
      },
    );

    it("where it is not offered it changes nothing, and says so", async () => {
      const { bare, removals, ...ground } = await furnished(unsupported());
      const before = await standingsOf(bare, [app]);
      const outcomes = await strategy.remove(workOn(ground), removals).catch((error) => error);
      expect(await standingsOf(bare, [app])).toEqual(before);
      if (outcomes instanceof Error) expect(outcomes).toMatchObject({ code: "UNSUPPORTED" });
      else for (const { outcome } of outcomes) expect(["failed", "restored", "refused"]).toContain(outcome);
    });

    it("touches nothing once the signal has come", async () => {
      const { bare, removals, ...ground } = await furnished(offered());
      const before = await standingsOf(bare, [app]);
      const outcomes = await strategy.remove(workOn(ground, { signal: AbortSignal.abort() }), removals);
      expect(outcomes.map((outcome) => "code" in outcome && outcome.code)).toEqual(tags.map(() => "INTERRUPTED"));
      expect(await standingsOf(bare, [app])).toEqual(before);
    });

    it.each([1, 3, 64])("does the same at a concurrency of %d", async (concurrency) => {
      const { bare, removals, ...ground } = await furnished(offered());
      await strategy.remove(workOn(ground, { concurrency }), removals);
      expect(await listed(bare)).toEqual([...siblings, "other"].sort());
    });
  });
}

/** The same ground, where some tags and digests are held against every change, past the registry too. */
function refusing(
  { registry, takeOut }: Omit<Ground, "bare">,
  error: RegistryError,
  isHeld: (reference: string) => boolean,
): Omit<Ground, "bare"> {
  const held = intercept(registry, async (call, proceed) => {
    const isChange = call.method === "putManifest" || call.method === "deleteTag" || call.method === "deleteManifest";
    if (isChange && isHeld(call.args[1])) throw error;
    return proceed();
  });
  if (takeOut === undefined) return { registry: held };
  return {
    registry: held,
    async takeOut(repository, tag, expected) {
      if (isHeld(tag)) throw error;
      return takeOut(repository, tag, expected);
    },
  };
}
