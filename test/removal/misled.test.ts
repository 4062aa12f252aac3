import { describe, expect, it } from "vitest";
import { findUndoable, undoRemoval } from "../../src/app/removing/undo-removal.ts";
import { httpRegistry } from "../../src/http/client/client.ts";
import { registryHandler } from "../../src/http/serving/handler.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { describe as descriptorOf } from "../../src/registry/image.ts";
import { isDigest, parseTag } from "../../src/registry/names.ts";
import { readDecoy } from "../../src/untag/decoy.ts";
import { stateOf } from "../../src/untag/journal/journal.ts";
import { bodyOf } from "../../src/wire/body.ts";
import { app, image, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { newest, recover } from "../suites/untag/cut-off.ts";
import { turns, walks } from "../suites/untag/liars.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

const [v1, v2, keep] = [parseTag("v1"), parseTag("v2"), parseTag("keep")];
const removal = [{ repository: app, targets: [{ tag: v1 }] }];

describe("whoever is misled", () => {
  it("by a 404 without an error code does not undo over somebody's push", async () => {
    const stage = await openStage();
    await pushed(stage.bare, "one", [v1, v2]);
    await stage.remove(removal);
    const { descriptor } = await image(stage.bare, "newer").then(async (made) => {
      await stage.bare.putManifest(app, v1, made);
      return made;
    });
    let away = 2; // the HEAD of the tag, and the GET after it
    const inner = registryHandler(stage.bare);
    const registry = httpRegistry(async (request) => {
      if (!request.path.endsWith("/manifests/v1") || away === 0) return inner(request);
      away--;
      return { status: 404, headers: { "content-type": "text/plain" }, body: bodyOf(Buffer.from("default backend")) };
    });
    const request = await findUndoable(stage, {});
    const undone = await undoRemoval({ ...stage.session, registry }, request, { ...stage.options(), force: false });
    expect(undone[0]?.tags[0]?.outcome).toMatchObject({ outcome: "refused", code: "PUSHED_ANEW" });
    expect(away).toBe(0);
    expect(await digestAt(stage.bare, app, v1)).toBe(descriptor.digest);
  });

  it.each(["UNKNOWN", "ANSWER_INVALID", "LOST"] as const)(
    "by %s after a deletion by tag that was carried out, and then by silence, keeps what can be undone",
    async (code) => {
      let isBroken = false;
      const stage = await openStage({
        profile: "distribution3",
        async through({ method, args }, proceed) {
          const isIt = method === "deleteTag" && args[1] === v1;
          if (isIt) await proceed();
          isBroken ||= isIt;
          if (isBroken) throw new RegistryError(code, "it is broken", { status: 500 });
          return proceed();
        },
      });
      await pushed(stage.bare, "one", [v1, keep]);
      expect((await stage.remove(removal)).code).not.toBe(0);
      isBroken = false;
      expect(stateOf(await newest(stage))).toBe("open");
      await recover(stage);
      expect((await findUndoable(stage, {})).tags).toMatchObject([{ tag: "v1", outcome: "removed" }]);
    },
  );

  it("by a 404 to putting a push back does not call it removed", async () => {
    const box: { stage?: Stage; push?: Awaited<ReturnType<typeof image>> } = {};
    const stage = await openStage({
      inside: walks(async () => {
        if (box.push !== undefined) await box.stage?.bare.putManifest(app, v1, box.push);
        await turns(200);
      }),
      async through({ method, args }, proceed) {
        const isBack =
          method === "putManifest" && args[1] === v1 && descriptorOf(args[2]).digest === box.push?.descriptor.digest;
        if (isBack) throw new RegistryError("NAME_UNKNOWN", "it knows no such repository");
        return proceed();
      },
    });
    box.stage = stage;
    await pushed(stage.bare, "one", [v1, v2]);
    box.push = await image(stage.bare, "a push");
    const { document, code } = await stage.remove(removal);
    expect([code, document.tags[0]]).toEqual([5, expect.objectContaining({ outcome: "failed", code: "STRANDED" })]);
    expect(stateOf(await newest(stage))).toBe("open");
  });

  it("by a PUT of the decoy that never was answered leaves the operation open", async () => {
    let late: (() => Promise<unknown>) | undefined;
    const stage = await openStage({
      async through({ method, args }, proceed) {
        if (method !== "putManifest" || isDigest(args[1] ?? "") || late !== undefined) return proceed();
        late = proceed;
        throw new RegistryError("LOST", "no answer came");
      },
    });
    await pushed(stage.bare, "one", [v1, keep]);
    const { document, code } = await stage.remove(removal);
    expect([code, document.tags[0]?.outcome, stateOf(await newest(stage))]).toEqual([0, "removed", "open"]);
    await late?.();
    const { operation } = await newest(stage);
    expect(readDecoy(await stage.bare.getManifest(app, v1))?.operation).toBe(operation);
    await recover(stage);
    expect(await digestAt(stage.bare, app, v1)).toBeUndefined();
    expect(stateOf(await newest(stage))).toBe("done");
  });

  it("by a registry that stores manifests in an encoding of its own leaves no tag on a decoy", async () => {
    const stage = await openStage({
      inside: (registry) => ({
        ...registry,
        putManifest(repository, reference, manifest) {
          const json = JSON.parse(new TextDecoder().decode(manifest.bytes));
          if (isDigest(reference) || json.annotations === undefined)
            return registry.putManifest(repository, reference, manifest);
          const bytes = new TextEncoder().encode(JSON.stringify(json, null, 2));
          return registry.putManifest(repository, reference, { ...manifest, bytes });
        },
      }),
    });
    const { descriptor } = await pushed(stage.bare, "one", [v1, keep]);
    expect((await stage.remove(removal)).code).not.toBe(0);
    expect(await digestAt(stage.bare, app, v1)).toBe(descriptor.digest);
  });

  it("by such a registry that does not say what it stored either", async () => {
    const stage = await openStage({
      inside: (registry) => ({
        ...registry,
        async putManifest(repository, reference, manifest) {
          const json = JSON.parse(new TextDecoder().decode(manifest.bytes));
          if (isDigest(reference) || json.annotations === undefined)
            return registry.putManifest(repository, reference, manifest);
          const bytes = new TextEncoder().encode(JSON.stringify(json, null, 2));
          await registry.putManifest(repository, reference, { ...manifest, bytes });
          return descriptorOf(manifest); // what a client takes for agreed where the header is missing
        },
      }),
    });
    const { descriptor } = await pushed(stage.bare, "one", [v1, keep]);
    expect((await stage.remove(removal)).code).not.toBe(0);
    expect(await digestAt(stage.bare, app, v1)).toBe(descriptor.digest);
  });

  it("by a word said twice undoes one operation, not the one before it", async () => {
    const stage = await openStage();
    await pushed(stage.bare, "one", [v1, v2, keep]);
    await stage.remove(removal);
    await stage.remove([{ repository: app, targets: [{ tag: v2 }] }]);
    await undoRemoval(stage.session, await findUndoable(stage, {}), { ...stage.options(), force: false });
    await expect(findUndoable(stage, {})).rejects.toMatchObject({
      said: "NOTHING_TO_UNDO",
      message: expect.stringContaining("has been undone already"),
      next: expect.stringMatching(/tagwise undo \w{26}/),
    });
    expect(await digestAt(stage.bare, app, v1)).toBeUndefined();
  });

  it("by a registry that has stored nothing of what it took says so, and what to do", async () => {
    let isStale = false;
    const stage = await openStage({
      async through({ method, args }, proceed) {
        if (isStale && method === "getManifest" && args[1] === v1)
          throw new RegistryError("MANIFEST_UNKNOWN", "unknown");
        return proceed();
      },
    });
    await pushed(stage.bare, "one", [v1, keep]);
    await stage.remove(removal);
    isStale = true;
    const [report] = await undoRemoval(stage.session, await findUndoable(stage, {}), {
      ...stage.options(),
      force: false,
    });
    expect(report?.tags[0]?.outcome).toMatchObject({
      outcome: "failed",
      code: "MANIFEST_UNKNOWN",
      reason: expect.stringMatching(/does not have it; .*restart the registry/),
    });
    expect((await findUndoable(stage, {})).tags).toHaveLength(1); // it can be tried again
  });

  it("by a registry that is away ends an undo after as many tries as were asked for", async () => {
    const stage = await openStage();
    await pushed(stage.bare, "one", [v1, keep]);
    await stage.remove(removal);
    for (const [retries, tries] of [
      [0, 1],
      [2, 3],
      [undefined, 4],
    ] as const) {
      let asked = 0;
      const registry = { ...stage.session.registry, resolve: async () => fail(++asked) };
      const session = { ...stage.session, registry, ...(retries !== undefined && { retries }) };
      const [report] = await undoRemoval(session, await findUndoable(stage, {}), { ...stage.options(), force: false });
      expect([retries, report?.tags[0]?.outcome.outcome, asked]).toEqual([retries, "failed", tries]);
    }
    function fail(_: number): never {
      throw new RegistryError("UNREACHABLE", "nothing listens there");
    }
  });

  it("by a registry that deletes other manifests along does not call their tags moved by somebody else", async () => {
    const other = parseTag("other");
    const stage = await openStage({
      profile: "none",
      inside: (registry) => ({
        ...registry,
        async deleteTag(repository, tag, by) {
          await registry.deleteTag(repository, tag, by);
          if (tag === v1) await registry.deleteManifest(repository, (await registry.resolve(repository, other)).digest);
        },
      }),
    });
    await pushed(stage.bare, "one", [v1, keep]);
    await pushed(stage.bare, "two", [other]);
    const { document, code } = await stage.remove(removal);
    expect([code, document.moved, document.lost]).toEqual([5, [], [other]]);
  });
});
