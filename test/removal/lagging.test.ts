import { describe, expect, it } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import type { Descriptor } from "../../src/registry/image.ts";
import { parseTag, type Reference, type Tag } from "../../src/registry/names.ts";
import { everyTag } from "../../src/registry/pages.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { stateOf } from "../../src/untag/journal/journal.ts";
import { app, other, pushed } from "../suites/registry/contents.ts";
import { latest } from "../suites/untag/scene.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

const [t1, t2] = ["t1", "t2"].map(parseTag) as [Tag, Tag];
const one = [{ repository: app, targets: [{ tag: t1 }] }];

describe("a deletion that does not show at once", () => {
  it.each(["distribution3", "oci", "gitlab"])("on %s is waited for, where 202 meant accepted", async (profile) => {
    const stage: Stage = await openStage({ profile, inside: (registry) => carriesOutLater(registry, () => stage) });
    await pushed(stage.bare, "one", [t1, latest]);
    const { code, document } = await stage.remove(one);
    expect([code, document.tags[0]?.outcome]).toEqual([0, "removed"]);
    expect(await everyTag(stage.bare, app)).toEqual([latest]);
    const [operation] = (await stage.journal.list()).operations;
    expect(operation && stateOf(operation)).toBe("done");
  });

  it.each(["distribution3", "oci", "distribution2"])(
    "on %s is waited for, where replicas are read",
    async (profile) => {
      const stage: Stage = await openStage({ profile, inside: (registry) => readsThePast(registry, () => stage) });
      await pushed(stage.bare, "one", [t1, latest]);
      const { code, document } = await stage.remove(one);
      expect([code, document.tags[0]?.outcome]).toEqual([0, "removed"]);
    },
  );

  it("leaves the operation open where it never shows, since it may yet be carried out", async () => {
    const stage = await openStage({
      profile: "distribution3",
      inside: (registry) => ({
        ...registry,
        deleteTag: async (repository, tag) => void (await registry.resolve(repository, tag)),
      }),
    });
    await pushed(stage.bare, "one", [t1, latest]);
    const { code, document } = await stage.remove(one);
    expect([code, document.tags[0]?.outcome]).toEqual([1, "failed"]);
    const [operation] = (await stage.journal.list()).operations;
    expect(operation && stateOf(operation)).toBe("open");
  });
});

describe("a listing", () => {
  it("that is empty while the chosen tag stands proves nothing, and nothing is removed", async () => {
    const listTags = () => Promise.reject(new RegistryError("NAME_UNKNOWN", "repository name not known to registry"));
    const stage = await openStage({ profile: "oci", inside: (registry) => ({ ...registry, listTags }) });
    await pushed(stage.bare, "one", [t1, latest]);
    await expect(stage.remove(one)).rejects.toThrow('the registry lists no tags here, and yet "t1" stands');
    expect(await everyTag(stage.bare, app)).toEqual([latest, t1]);
  });

  it.each(["distribution3", "distribution2"])("is read again on %s before each further repository", async (profile) => {
    let isFirst = true;
    const stage: Stage = await openStage({
      profile,
      async through({ method, args }, proceed) {
        const result = await proceed();
        if (isFirst && (method === "deleteTag" || method === "deleteManifest") && args[0] === app) {
          isFirst = false;
          await stage.clock.sleep(120_000); // the first repository takes long, and somebody removes a tag of the second
          await stage.bare.deleteTag(other, t2);
        }
        return result;
      },
    });
    await pushed(stage.bare, "one", [t1, latest]);
    await pushed(stage.bare, "two", [t1, t2, latest], other);
    const { code, document } = await stage.remove([...one, { repository: other, targets: [{ tag: t1 }] }]);
    expect([code, document.restored]).toEqual([0, []]);
    expect(await everyTag(stage.bare, other)).toEqual([latest]);
  });
});

/** Carries a deletion out two seconds after it was accepted, when somebody asks. */
function carriesOutLater(registry: Registry, stage: () => Stage): Registry {
  let due: { at: number; work: () => Promise<void> } | undefined;
  const settle = async (): Promise<void> => {
    if (due === undefined || stage().clock.ticks() < due.at) return;
    const { work } = due;
    due = undefined;
    await work().catch(() => {});
  };
  const after =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args) => {
      await settle();
      return call(...args);
    };
  return {
    ...registry,
    listTags: after(registry.listTags),
    resolve: after(registry.resolve),
    getManifest: after(registry.getManifest),
    putManifest: after(registry.putManifest),
    async deleteTag(...args) {
      await registry.resolve(args[0], args[1]);
      due = { at: stage().clock.ticks() + 2_000, work: () => registry.deleteTag(...args) };
    },
  };
}

interface Past {
  readonly until: number;
  readonly tags: readonly Tag[];
  readonly at: ReadonlyMap<Reference, Descriptor>;
}

/** Answers HEADs and listings for a second from what stood before the first change. */
function readsThePast(registry: Registry, stage: () => Stage): Registry {
  let frozen: Past | undefined;
  const past = () => (frozen !== undefined && stage().clock.ticks() < frozen.until ? frozen : undefined);
  const freeze = async (): Promise<void> => {
    if (frozen !== undefined) return;
    const tags = await everyTag(registry, app);
    const at = new Map<Reference, Descriptor>();
    for (const tag of tags) at.set(tag, await registry.resolve(app, tag));
    frozen = { until: stage().clock.ticks() + 1_000, tags, at };
  };
  return {
    ...registry,
    listTags: async (repository, page) => {
      const tags = past()?.tags;
      return tags === undefined ? registry.listTags(repository, page) : { items: tags };
    },
    resolve: async (repository, reference) => past()?.at.get(reference) ?? registry.resolve(repository, reference),
    async putManifest(repository, reference, manifest) {
      if (!reference.includes(":")) await freeze();
      return registry.putManifest(repository, reference, manifest);
    },
    async deleteTag(repository, tag, by) {
      await registry.resolve(repository, tag);
      await freeze();
      return registry.deleteTag(repository, tag, by);
    },
  };
}
