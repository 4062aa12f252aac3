import { expect, it } from "vitest";
import { foundRemnants } from "../../src/app/removing/find-remnants.ts";
import { history } from "../../src/app/removing/history.ts";
import { recoverAll } from "../../src/app/removing/recover-operations.ts";
import { siblingsGoAlong } from "../../src/decorators/quirks/greedy.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { mediaTypes } from "../../src/registry/image.ts";
import { parseTag, type Tag } from "../../src/registry/names.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { putBlob } from "../../src/registry/uploads.ts";
import { readDecoy } from "../../src/untag/decoy.ts";
import { stateOf } from "../../src/untag/journal/journal.ts";
import { app, bytesOf, made, pushed } from "../suites/registry/contents.ts";
import { standingsOf } from "../suites/untag/audit.ts";
import {
  deletesNothing,
  dropsNames,
  keepsDecoys,
  ociForms,
  refusesDeletion,
  refusesEmpty,
} from "../suites/untag/liars.ts";
import { removeFrom, some } from "../suites/untag/remove-from.ts";
import { latest } from "../suites/untag/scene.ts";
import { openStage } from "../suites/untag/stage.ts";

it("a 202 that deletes nothing is put back after one tag, and the rest is not begun", async () => {
  const { ends, code, stage, document } = await removeFrom({ inside: deletesNothing });
  expect(ends).toEqual(["restored", ...some.slice(1).map(() => "failed")]);
  expect(code).toBe(1);
  const operation = await stage.journal.read(document.operation ?? "");
  expect(operation && stateOf(operation)).toBe("rolled-back");
  const standings = await standingsOf(stage.bare, [app]);
  expect(new Set(standings.values()).size, "all on the original again").toBe(1);
  expect(standings.size).toBe(some.length + 1);
});

it("a 202 that deletes nothing is found out for a single tag, too", async () => {
  const { ends, code } = await removeFrom({ inside: deletesNothing }, { tags: some.slice(0, 1) });
  expect([ends, code]).toEqual([["restored"], 1]);
});

it("siblings that went along are put back", async () => {
  const { document, code, stage } = await removeFrom({
    profile: "distribution3",
    inside: inside(siblingsGoAlong.registry),
  });
  expect(document.restored).toEqual([latest]);
  expect(code).toBe(0);
  expect([...(await standingsOf(stage.bare, [app])).keys()]).toEqual([`registry.test/${app}:${latest}`]);
});

it("a tag that is immutable is refused, and the others of its chunk are removed", async () => {
  const [fixed] = some;
  const inside = (registry: Registry): Registry => ({
    ...registry,
    async putManifest(repository, reference, manifest) {
      // as ECR answers
      if (reference === fixed) throw new RegistryError("TAG_INVALID", "the tag is immutable", { status: 400 });
      return registry.putManifest(repository, reference, manifest);
    },
  });
  const { ends, code, stage } = await removeFrom({ inside });
  expect([code, ends]).toEqual([3, ["refused TAG_INVALID", ...some.slice(1).map(() => "removed")]]);
  const names = [latest, fixed].map((tag) => `registry.test/${app}:${tag}`).sort();
  expect([...(await standingsOf(stage.bare, [app])).keys()].sort()).toEqual(names);
});

it("a zombie that no rehearsal could foresee is put back, and the rest is not begun", async () => {
  const zombies = new Set<string>(["some1"]);
  const inside = (registry: Registry): Registry => ({
    ...registry,
    async listTags(repository) {
      const { items } = await registry.listTags(repository);
      return { items: [...new Set([...items, ...([...zombies] as Tag[])])] };
    },
  });
  const { ends, code } = await removeFrom({ inside });
  expect(ends).toEqual(["restored", ...some.slice(1).map(() => "failed")]);
  expect(code).toBe(1);
});

it("a listing that drops names that extend others raises no alarm", async () => {
  const stage = await openStage({ profile: "distribution3", inside: dropsNames });
  const siblings = ["0.1.2", "0.1.20", "0.1.21"].map(parseTag);
  await pushed(stage.bare, "one", [...siblings, parseTag("gone")]);
  const { document, code } = await stage.remove([{ repository: app, targets: [{ tag: parseTag("gone") }] }]);
  expect([document.lost, document.restored, code]).toEqual([undefined, [], 0]);
});

it("a tag that the listing never showed is gone only when it does not resolve", async () => {
  const ignoresDeletion = (registry: Registry): Registry => ({
    ...dropsNames(registry),
    deleteTag: async (repository, tag) => void (await registry.resolve(repository, tag)),
  });
  const stage = await openStage({ profile: "distribution3", inside: ignoresDeletion });
  await pushed(stage.bare, "one", ["0.1.2", "0.1.20"].map(parseTag));
  const { document, code } = await stage.remove([{ repository: app, targets: [{ tag: parseTag("0.1.20") }] }]);
  expect([document.tags[0]?.outcome, code]).toEqual(["failed", 1]);
});

it.each([
  { refused: [mediaTypes.ociIndex], taken: mediaTypes.ociManifest },
  { refused: ociForms, taken: mediaTypes.dockerManifest },
])("a registry that refuses $refused.length forms of the decoy gets the next", async ({ refused, taken }) => {
  const { code, stage } = await removeFrom({ inside: refusesEmpty(...refused) });
  expect(code).toBe(0);
  const forms = stage.calls.flatMap((call) => (call.method === "putManifest" ? [call.args[2].mediaType] : []));
  expect(forms.at(-1)).toBe(taken);
});

it("a decoy that is stored although the answer is a 500 is taken off again before anything else is tried", async () => {
  const inside = (registry: Registry): Registry => ({
    ...registry,
    async putManifest(repository, reference, manifest) {
      const descriptor = await registry.putManifest(repository, reference, manifest);
      if (readDecoy(manifest) !== undefined) throw new RegistryError("UNKNOWN", "out of order", { status: 500 });
      return descriptor;
    },
  });
  const { ends, code, stage } = await removeFrom({ inside });
  expect(ends).toEqual(["restored UNKNOWN", ...some.slice(1).map(() => "failed UNKNOWN")]);
  expect(code).toBe(1);
  expect(new Set((await standingsOf(stage.bare, [app])).values()).size).toBe(1);
});

it("a registry that takes no form of the decoy is left as it was", async () => {
  const all = [...ociForms, mediaTypes.dockerManifest];
  const { ends, code, stage } = await removeFrom({ inside: refusesEmpty(...all) });
  expect(ends[0]).toBe("failed MANIFEST_INVALID");
  expect(code).toBe(1);
  expect((await standingsOf(stage.bare, [app])).size).toBe(some.length + 1);
});

it("recover does not say that a tag is gone which the registry goes on listing", async () => {
  const { session, options } = await openStage({ profile: "nexus" });
  const stray = made(mediaTypes.ociIndex, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] });
  const { digest } = await session.registry.putManifest(app, parseTag("stray"), stray);
  await session.registry.deleteManifest(app, digest);
  const around = { ...options(), rollback: false };
  const remnants = await foundRemnants(session, app, [], around);
  expect(remnants.map(({ tags }) => tags)).toEqual([["stray"]]);
  const [report] = await recoverAll(session, remnants, around);
  expect(report?.tags.map(({ outcome }) => outcome)).toMatchObject([{ outcome: "failed", code: "STRANDED" }]);
});

it("a deletion that is refused when it counts is rolled back", async () => {
  const inside = refusesDeletion(new RegistryError("UNSUPPORTED", "not today"));
  const { ends, code, stage } = await removeFrom({ inside });
  expect(ends).toEqual(["restored UNSUPPORTED", ...some.slice(1).map(() => "failed UNSUPPORTED")]);
  expect(code).toBe(1);
  expect(new Set((await standingsOf(stage.bare, [app])).values()).size).toBe(1);
});

it("a 201 that puts nothing back is not believed", async () => {
  const inside = (registry: Registry) => keepsDecoys(refusesDeletion(new RegistryError("DENIED", "no"))(registry));
  const { ends, code } = await removeFrom({ inside }, { tags: some.slice(0, 1) });
  expect([ends, code]).toEqual([["failed STRANDED"], 5]);
});

it.each([
  { noUndo: false, end: "refused MANIFEST_BLOB_UNKNOWN", code: 4 },
  { noUndo: true, end: "removed", code: 0 },
])("an original that the registry would not take back: $end (--no-undo $noUndo)", async ({ noUndo, end, code }) => {
  const inside = (registry: Registry): Registry => ({
    ...registry,
    async putManifest(repository, reference, manifest) {
      const isKnown = await registry.resolve(repository, reference).then(
        ({ digest }) => digest === reference,
        () => false,
      );
      if (isKnown) throw new RegistryError("MANIFEST_BLOB_UNKNOWN", "a child is gone");
      return registry.putManifest(repository, reference, manifest);
    },
  });
  const removed = await removeFrom({ inside }, { tags: some.slice(0, 1), more: { noUndo } });
  expect([removed.ends, removed.code, removed.document.tags[0]?.undoable]).toEqual([[end], code, false]);
  const { operations } = await history(removed.stage.journal);
  expect(operations.map(({ state, undoable }) => `${state} ${undoable}`)).toEqual(noUndo ? ["done false"] : []);
});

it.each([
  { profile: "distribution2", noUndo: false, outcome: "refused", left: 2 },
  { profile: "distribution2", noUndo: true, outcome: "removed", left: 1 },
  { profile: "oci", noUndo: false, outcome: "removed", left: 1 },
] as const)("schema 1 is never written again: $outcome on $profile (--no-undo $noUndo)", async (given) => {
  const { profile, noUndo, outcome, left } = given;
  const stage = await openStage({ profile });
  const layer = await putBlob(stage.bare, app, bytesOf("a layer"));
  const fsLayers = [{ blobSum: layer.digest }];
  const old = made(mediaTypes.dockerSchema1, { schemaVersion: 1, name: app, tag: "old", fsLayers, history: [] });
  for (const tag of [parseTag("old"), latest]) await stage.bare.putManifest(app, tag, old);
  const { document } = await stage.remove([{ repository: app, targets: [{ tag: parseTag("old") }] }], { noUndo });
  expect([document.tags[0]?.outcome, document.tags[0]?.undoable]).toEqual([outcome, false]);
  expect((await standingsOf(stage.bare, [app])).size).toBe(left);
  const written = stage.calls.filter(
    (call) => call.method === "putManifest" && call.args[2].mediaType === old.mediaType,
  );
  expect(written).toEqual([]);
});

function inside(registry: ((registry: Registry) => Registry) | undefined): (registry: Registry) => Registry {
  return registry ?? ((same) => same);
}
