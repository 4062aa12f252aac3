import { expect, it } from "vitest";
import { formatRemoval } from "../../src/cli/render/removal.ts";
import { styleFor } from "../../src/cli/render/style.ts";
import { parseTag, referrersTag, type Tag } from "../../src/registry/names.ts";
import { app, first, image, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { latest, tagsNamed } from "../suites/untag/scene.ts";
import { openStage } from "../suites/untag/stage.ts";

/** An image under these tags, with two tags named after it and a signature that refers to it. */
async function signed(profile: string, tags: readonly Tag[]) {
  const stage = await openStage({ profile });
  const { descriptor } = await pushed(stage.bare, "one", tags);
  const name = referrersTag(descriptor.digest);
  const named = [name, parseTag(`${name}.sig`)];
  await pushed(stage.bare, "named", named);
  const signature = await image(stage.bare, "signature", { more: { subject: descriptor } });
  await stage.bare.putManifest(app, signature.descriptor.digest, signature);
  return { stage, named, signature: signature.descriptor.digest };
}

const requests = [{ repository: app, targets: [{ tag: first }] }];

it.each([true, false])(
  "what nothing leads to without the last tag is named and stays (dry run: %s)",
  async (dryRun) => {
    const { stage, named, signature } = await signed("oci", [first]);
    const left = [...named, signature];
    const { document } = await stage.remove(requests, { dryRun });
    expect(document.tags[0]).toMatchObject({ siblings: [], leftBehind: left });
    const says = `nothing leads to ${left.join(", ")} once ${first} is gone; they are left as they are`;
    expect(formatRemoval(document, styleFor({})).split("\n")).toContain(says);
    for (const reference of left) expect(await stage.bare.resolve(app, reference)).toBeDefined();
    expect((await digestAt(stage.bare, app, first)) === undefined).toBe(!dryRun);
  },
);

it.each([
  { what: "on a registry without a referrers API", profile: "distribution2", tags: [first], asked: 0, isNamed: true },
  { what: "where another tag keeps the manifest", profile: "oci", tags: [first, latest], asked: 0, isNamed: false },
  { what: "where the last tag goes", profile: "oci", tags: [first], asked: 1, isNamed: true },
])("$what referrers are asked for $asked time(s), and tags are named: $isNamed", async (scene) => {
  const { stage, named } = await signed(scene.profile, scene.tags);
  const { document } = await stage.remove(requests);
  expect(stage.calls.filter(({ method }) => method === "listReferrers")).toHaveLength(scene.asked);
  expect(document.tags[0]?.leftBehind?.slice(0, 2)).toEqual(scene.isNamed ? named : undefined);
});

it("above 1,000 tags, whose manifests are not read, the tags named after a manifest are named too", async () => {
  const { stage, named } = await signed("distribution2", [first, latest]);
  await pushed(stage.bare, "many", tagsNamed("many", 1_000));
  const { document } = await stage.remove(requests);
  expect(document.tags[0]).toMatchObject({ outcome: "removed", siblings: null, leftBehind: named });
  expect(formatRemoval(document, styleFor({}))).toContain(
    `${named.join(", ")}: named after the manifest of ${first}, and left as they are; ` +
      "whether another tag keeps that manifest was not read",
  );
});
