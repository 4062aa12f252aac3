import { expect, it } from "vitest";
import { cutOffOperations, journalledRemnants } from "../../src/app/removing/find-remnants.ts";
import { recoverAll } from "../../src/app/removing/recover-operations.ts";
import { httpRegistry } from "../../src/http/client/client.ts";
import { registryHandler } from "../../src/http/serving/handler.ts";
import { memoryRegistry } from "../../src/memory/memory.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { parseTag } from "../../src/registry/names.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { stateOf } from "../../src/untag/journal/journal.ts";
import { app, image, other, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { cutOff, newest, recover } from "../suites/untag/cut-off.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

const [v1, v2, keep] = [parseTag("v1"), parseTag("v2"), parseTag("keep")];

/** A registry that was started anew without its storage. */
const bare = (): Registry => httpRegistry(registryHandler(memoryRegistry()));

it("recover takes no tag along that somebody made from one on its decoy", async () => {
  const stage = await openStage();
  const { decoy, digest } = await cutOff(stage, "decoy");
  await pushed(stage.bare, "two", [keep]);
  const copy = await stage.bare.putManifest(app, keep, decoy); // as `crane tag app:v1 keep` does
  const [report] = await recover(stage);
  expect(report?.tags[0]?.outcome).toMatchObject({ code: "STRANDED", reason: expect.stringMatching(/"keep"/) });
  expect([await digestAt(stage.bare, app, keep), stateOf(await newest(stage))]).toEqual([copy.digest, "open"]);
  await recover(stage, true);
  expect([await digestAt(stage.bare, app, v1), await digestAt(stage.bare, app, keep)]).toEqual([digest, copy.digest]);
});

it("recover does not close an operation on a registry that has nothing any more", async () => {
  const stage = await openStage();
  const { digest } = await cutOff(stage, "decoy");
  const options = { ...stage.options(), rollback: true };
  const session = { ...stage.session, registry: bare() };
  const cut = await cutOffOperations(stage, { host: "registry.test" });
  await recoverAll(session, await journalledRemnants(session, cut, options), options);
  expect(stateOf(await newest(stage))).toBe("open");
  await recover(stage, true);
  expect(await digestAt(stage.bare, app, v1)).toBe(digest);
});

it("a removal is not proven by a registry that has nothing any more", async () => {
  let isAway = false;
  const empty = bare();
  const stage: Stage = await openStage({
    inside: (registry) => ({
      ...registry,
      async deleteManifest(repository, digest, options) {
        const isDecoy = registry.resolve(repository, digest).then(
          () => true,
          () => false,
        );
        if (isAway || !(await isDecoy)) return (isAway ? empty : registry).deleteManifest(repository, digest, options);
        isAway = true;
        throw new RegistryError("UNREACHABLE", "connection refused");
      },
      resolve: (...args) => (isAway ? empty : registry).resolve(...args),
      getManifest: (...args) => (isAway ? empty : registry).getManifest(...args),
      putManifest: (...args) => (isAway ? empty : registry).putManifest(...args),
      listTags: (...args) => (isAway ? empty : registry).listTags(...args),
    }),
  });
  for (const tag of [v1, v2, keep]) await pushed(stage.bare, tag, [tag]);
  const { document, code } = await stage.remove([{ repository: app, targets: [{ tag: v1 }] }]);
  expect([code, document.tags[0]?.code, stateOf(await newest(stage))]).toEqual([5, "STRANDED", "open"]);
});

it("recover looks again before each try to put a sibling back", async () => {
  let tries = 0;
  const stage: Stage = await openStage({
    profile: "none",
    async through({ method, args }, proceed) {
      if (method !== "putManifest" || args[1] !== v2 || ++tries > 1) return proceed();
      await stage.bare.putManifest(app, v2, push);
      throw new RegistryError("UNAVAILABLE", "overloaded");
    },
  });
  await cutOff(stage, "native");
  const push = await image(stage.bare, "newer");
  expect((await recover(stage))[0]?.restored).toEqual([]);
  expect(await digestAt(stage.bare, app, v2)).toBe(push.descriptor.digest);
});

it("recover puts no sibling back that somebody removed, where the removal takes none along", async () => {
  let isDead = false;
  const stage: Stage = await openStage({
    profile: "distribution3",
    async through({ method, args }, proceed) {
      if (isDead) throw new Error("killed");
      if (method !== "deleteTag" || args[1] !== v1) return proceed();
      await proceed();
      isDead = true;
      throw new Error("killed");
    },
  });
  await pushed(stage.bare, "one", [v1, v2, keep]);
  const removing = stage.remove([{ repository: app, targets: [{ tag: v1 }] }]);
  await expect(removing).rejects.toThrow("killed");
  isDead = false;
  await stage.bare.deleteTag(app, keep);
  const [report] = await recover(stage);
  expect([report?.tags[0]?.outcome.outcome, report?.restored]).toEqual(["removed", []]);
  expect((await stage.bare.listTags(app)).items).toEqual([v2]);
});

it("recover that is stopped between two operations tells what became of the first", async () => {
  const stop = new AbortController();
  const stage: Stage = await openStage({
    async through({ method }, proceed) {
      const result = await proceed();
      if (method === "deleteManifest") stop.abort(new Error("interrupted; nothing was changed"));
      return result;
    },
  });
  await cutOff(stage, "decoy");
  const { descriptor } = await pushed(stage.bare, "x", [keep], other);
  const tags = [{ tag: keep, digest: descriptor.digest }];
  await stage.journal.begin({
    operation: await stage.journal.name(new Date(1), new Uint8Array(16)),
    at: new Date(1),
    registry: stage.session.address,
    manifests: new Map(),
    repositories: [{ repository: other, strategy: "decoy", tags, siblings: new Map() }],
  });
  const options = { ...stage.options(), rollback: false, signal: stop.signal };
  const cut = (await cutOffOperations(stage, { host: "registry.test" })).toReversed();
  const reports = await recoverAll(stage.session, await journalledRemnants(stage.session, cut, options), options);
  expect(reports.flatMap((report) => report.tags.map(({ outcome: { tag, outcome } }) => `${tag} ${outcome}`))).toEqual([
    "v1 removed",
    "keep failed",
  ]);
});

it("one repository by two names keeps nothing that was removed by the other name", async () => {
  const named = <Args extends readonly unknown[]>([name, ...rest]: Args) =>
    [name === other ? app : name, ...rest] as unknown as Args;
  const stage: Stage = await openStage({
    inside: (registry) => ({
      ...registry,
      listTags: (...args) => registry.listTags(...named(args)),
      resolve: (...args) => registry.resolve(...named(args)),
      getManifest: (...args) => registry.getManifest(...named(args)),
      putManifest: (...args) => registry.putManifest(...named(args)),
      deleteManifest: (...args) => registry.deleteManifest(...named(args)),
    }),
  });
  await pushed(stage.bare, "one", [v1, v2, keep]);
  const { document, code } = await stage.remove([
    { repository: app, targets: [{ tag: v1 }] },
    { repository: other, targets: [{ tag: v2 }] },
  ]);
  expect([code, document.restored]).toEqual([0, []]);
  expect((await stage.bare.listTags(app)).items).toEqual([keep]);
});
