import { expect, it } from "vitest";
import { parseTag, type Tag } from "../../src/registry/names.ts";
import { app, image } from "../suites/registry/contents.ts";
import { standingsOf } from "../suites/untag/audit.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

/** A repository of so many tags on so many images, every twentieth of which is removed. */
async function removeTwentieth(
  profile: string,
  count: number,
): Promise<{ readonly stage: Stage; readonly chosen: readonly Tag[] }> {
  const stage = await openStage({ profile });
  const images = await Promise.all(Array.from({ length: 50 }, (_, index) => image(stage.bare, `image ${index}`)));
  const tags = Array.from({ length: count }, (_, index) => parseTag(`v${index}`));
  for (const [index, tag] of tags.entries()) {
    const made = images[index % images.length];
    if (made !== undefined) await stage.bare.putManifest(app, tag, made);
  }
  const chosen = tags.filter((_, index) => index % 20 === 0);
  const { code, document } = await stage.remove([{ repository: app, targets: chosen.map((tag) => ({ tag })) }]);
  expect(code).toBe(0);
  expect(document.tags).toHaveLength(chosen.length);
  return { stage, chosen };
}

function callsOf({ calls }: Stage): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { method, args } of calls) {
    const about = method === "listTags" ? "" : ` ${args[1]}`;
    counts.set(`${method}${about}`, (counts.get(`${method}${about}`) ?? 0) + 1);
  }
  return counts;
}

it.each([
  { profile: "distribution2", each: 3 },
  { profile: "distribution3", each: 3 },
])("of 20,000 tags 1,000 go with no request made twice ($profile)", async ({ profile, each }) => {
  const { stage, chosen } = await removeTwentieth(profile, 20_000);
  const counts = callsOf(stage);
  expect(counts.get("listTags")).toBeLessThanOrEqual(3);
  counts.delete("listTags");
  const twice = [...counts].filter(([, count]) => count > 1);
  expect(twice, "requests made more than once").toEqual([]);
  const perTag = stage.calls.length / chosen.length;
  expect(perTag).toBeLessThan(each + 0.2);
  expect((await standingsOf(stage.bare, [app])).size).toBe(19_000);
});

it.each(["distribution2", "distribution3", "harbor"])(
  "ten times the tags take ten times the requests on %s, not more",
  async (profile) => {
    const few = (await removeTwentieth(profile, 600)).stage.calls.length;
    const many = (await removeTwentieth(profile, 6_000)).stage.calls.length;
    expect(many).toBeLessThan(few * 10);
  },
);

it("the plan and the report hold each list of siblings once, however many tags share it", async () => {
  const stage = await openStage();
  const made = await image(stage.bare, "shared");
  const tags = Array.from({ length: 400 }, (_, index) => parseTag(`v${index}`));
  for (const tag of tags) await stage.bare.putManifest(app, tag, made);
  const { document } = await stage.remove([{ repository: app, targets: tags.slice(0, 200).map((tag) => ({ tag })) }]);
  expect(new Set(document.tags.map(({ siblings }) => siblings)).size).toBe(1);
  const [operation] = (await stage.journal.list()).operations;
  expect(operation?.repositories[0]?.siblings.size).toBe(1);
});
