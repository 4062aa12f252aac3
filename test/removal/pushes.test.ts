import { describe, expect, it } from "vitest";
import type { RegistryCall } from "../../src/decorators/intercept.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { type Digest, isDigest, type Tag } from "../../src/registry/names.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { app, image, other } from "../suites/registry/contents.ts";
import { audit, digestAt, nameOf, standingsOf } from "../suites/untag/audit.ts";
import { turns, walks } from "../suites/untag/liars.ts";
import { chosen, furnish, latest, tagsNamed } from "../suites/untag/scene.ts";
import { openStage, type Removed, type Stage, type StageOptions } from "../suites/untag/stage.ts";

const target = tagsNamed("two", 2)[1] as Tag;
const isOn = (tag: Tag) => (call: RegistryCall) => call.args[0] === app && call.args[1] === tag;

describe.each(["distribution2", "distribution3", "harbor"])("somebody who pushes during a removal on %s", (profile) => {
  it("to a sibling finds his push there, at whichever call, and it is reported as moved", async () => {
    const moved = new Set<string>();
    for (let number = 1; ; number++) {
      const { stage, removed, before, push, was } = await removeAndPush(number, latest);
      if (!was) break;
      await audit(stage, { requests: chosen, before, removed, pushed: new Map([[nameOf(app, latest), push]]) });
      expect(removed.code).toBe(0);
      expect(removed.document.restored).toEqual([]);
      for (const name of removed.document.moved) moved.add(name);
    }
    expect([...moved]).toEqual([`registry.test/${app}:${latest}`]);
  });

  it("to a chosen tag finds his push there, save between the last look and the change", async () => {
    const ends = new Set<string>();
    let lost = 0;
    for (let number = 1; ; number++) {
      const { stage, removed, push, was, call, isRead } = await removeAndPush(number, target);
      if (!was) break;
      const stands = await digestAt(stage.bare, app, target);
      ends.add(outcomeOf(removed, push));
      // what was pushed before it was first read is what was to be removed
      const isGone = !isRead || isChange(call);
      expect([number, stands]).toEqual([number, isGone ? undefined : push]);
      lost += Number(isRead && isGone);
    }
    expect(lost, "the gap that the protocol leaves").toBe(1);
    expect(ends).toContain("kept");
  });

  function outcomeOf({ document }: Removed, push: Digest): string {
    const end = document.tags.find(({ tag }) => tag === target);
    if (end?.outcome === "kept") expect(end.digest).toBe(push);
    return end?.outcome ?? "";
  }

  function isChange(call: RegistryCall | undefined): boolean {
    return call !== undefined && isOn(target)(call) && ["putManifest", "deleteTag"].includes(call.method);
  }

  /** Pushes right before the call of that number. */
  async function removeAndPush(number: number, tag: Tag) {
    let count = 0;
    let call: RegistryCall | undefined;
    let isRead = false;
    const stage: Stage = await openStage({
      profile,
      async through(current, proceed) {
        if (++count === number) {
          call = current;
          await stage.bare.putManifest(app, tag, pushed);
        } else if (call === undefined && current.method === "getManifest" && isOn(tag)(current)) isRead = true;
        return proceed();
      },
    });
    await furnish(stage.bare);
    const pushed = await image(stage.bare, "pushed");
    const before = await standingsOf(stage.bare, [app, other]);
    const removed: Removed = await stage.remove(chosen, { concurrency: 1 });
    return { stage, before, removed, push: pushed.descriptor.digest, was: call !== undefined, call, isRead };
  }
});

describe("a push that the server's walk takes away", () => {
  const tags = tagsNamed("walked", 9);
  const [first, victim] = [tags[0] as Tag, tags[5] as Tag];

  interface Walk {
    readonly victim: Tag;
    readonly through?: NonNullable<StageOptions["through"]>;
    readonly answer?: RegistryError;
  }

  /** Removes nine tags in two chunks; during the walk over the victim's chunk somebody pushes to it. */
  async function removeWhilePushing({
    victim: tag,
    through,
    answer,
  }: Walk): Promise<Removed & { stage: Stage; push: Digest }> {
    const walking = (registry: Registry): Registry => {
      const inner = walks(async () => {
        const current = await digestAt(registry, app, tag);
        await turns(60);
        if (current !== undefined && current !== original) await registry.putManifest(app, tag, pushed);
        await turns(300);
      })(registry);
      if (answer === undefined) return inner;
      return {
        ...inner,
        async deleteManifest(repository, digest) {
          await inner.deleteManifest(repository, digest);
          throw answer;
        },
      };
    };
    let original: Digest | undefined;
    const stage = await openStage({ inside: walking, ...(through && { through }) });
    const pushed = await image(stage.bare, "pushed");
    const chosenImage = await image(stage.bare, "chosen");
    original = chosenImage.descriptor.digest;
    for (const one of [...tags, latest]) await stage.bare.putManifest(app, one, chosenImage);
    const removed = await stage.remove([{ repository: app, targets: tags.map((one) => ({ tag: one })) }]);
    return { ...removed, stage, push: pushed.descriptor.digest };
  }

  it.each([first, victim])("is put back, and %s is reported as kept", async (tag) => {
    const { document, code, stage, push } = await removeWhilePushing({ victim: tag });
    expect(await digestAt(stage.bare, app, tag)).toBe(push);
    const ends = document.tags.map((one) => [one.tag, one.outcome]);
    expect(ends).toEqual(tags.map((one) => [one, one === tag ? "kept" : "removed"]));
    expect(document.tags.find((one) => one.tag === tag)).toMatchObject({
      digest: push,
      reason: expect.stringMatching(/put back/),
    });
    expect(code).toBe(3);
  });

  it("is put back where the bytes could be read only later", async () => {
    let failures = 0;
    let isOver = false;
    const { stage, push, document } = await removeWhilePushing({
      victim,
      async through(call, proceed) {
        if (call.method === "getManifest" && isDigest(call.args[1]) && !isOver) {
          failures++;
          throw new RegistryError("UNAVAILABLE", "busy");
        }
        const result = await proceed();
        if (call.method === "deleteManifest" && failures > 0) isOver = true;
        return result;
      },
    });
    expect(failures).toBeGreaterThan(0);
    expect(await digestAt(stage.bare, app, victim)).toBe(push);
    expect(document.tags.find((one) => one.tag === victim)?.outcome).toBe("kept");
  });

  it("is put back where the answer to the deletion is lost as well", async () => {
    const answer = new RegistryError("UNKNOWN", "lost", { status: 500 });
    const { stage, push, document, code } = await removeWhilePushing({ victim, answer });
    expect(await digestAt(stage.bare, app, victim)).toBe(push);
    expect(document.tags.filter((one) => one.outcome === "removed")).toHaveLength(8);
    expect(code).toBe(3);
  });
});

it("a watch on the tags ends with the deletion, also where that fails in a way nobody foresaw", async () => {
  let looksAfter = 0;
  let isOver = false;
  const stage = await openStage({
    async through(call, proceed) {
      if (isOver && call.method === "resolve") looksAfter++;
      if (
        call.method === "deleteManifest" &&
        (await stage.bare.resolve(app, call.args[1]).catch(() => undefined)) !== undefined
      ) {
        await turns(50);
        throw new TypeError("a mistake of ours");
      }
      return proceed();
    },
  });
  await furnish(stage.bare);
  await expect(stage.remove(chosen)).rejects.toThrow("a mistake of ours");
  isOver = true;
  await turns(100);
  expect(looksAfter).toBe(0);
});
