import { describe, expect, it } from "vitest";
import { cutOffOperations, foundRemnants, journalledRemnants } from "../../src/app/removing/find-remnants.ts";
import { recoverAll } from "../../src/app/removing/recover-operations.ts";
import type { RemoveOptions } from "../../src/app/removing/remove-tags.ts";
import { httpRegistry } from "../../src/http/client/client.ts";
import { registryHandler } from "../../src/http/serving/handler.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { describe as descriptorOf } from "../../src/registry/image.ts";
import { parseTag, type Tag } from "../../src/registry/names.ts";
import { everyTag } from "../../src/registry/pages.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { makeDecoy } from "../../src/untag/decoy.ts";
import type { Disk } from "../../src/untag/journal/journal-file.ts";
import { app, made, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { turns, walks } from "../suites/untag/liars.ts";
import { latest } from "../suites/untag/scene.ts";
import { openStage, plainDisk, type Stage } from "../suites/untag/stage.ts";

const [t1, t2] = ["t1", "t2"].map(parseTag) as [Tag, Tag];
const removalOf = (tag: Tag) => [{ repository: app, targets: [{ tag }] }];

/** A journal that keeps what an operation intends and nothing that it does, as after `kill -9`. */
function mortalDisk() {
  const state = { isDying: false };
  const append: Disk["append"] = (path, text) =>
    state.isDying ? Promise.reject(new Error("killed")) : plainDisk.append(path, text);
  return { state, disk: { ...plainDisk, append } };
}

async function recoverCutOff(stage: Stage, more: Partial<RemoveOptions> = {}) {
  const options = { ...stage.options(more), rollback: false };
  const remnants = await journalledRemnants(stage.session, await cutOffOperations(options), options);
  return recoverAll(stage.session, remnants, options);
}

async function recoverFound(stage: Stage, { rollback = false, registry = stage.session.registry } = {}) {
  const options = { ...stage.options(), rollback };
  const session = { ...stage.session, registry };
  return recoverAll(session, await foundRemnants(session, "", [], options), options);
}

describe("what another removal of the same journal removed stays removed", () => {
  it.each(["distribution3", "oci"])("on %s where both were killed after their DELETE", async (profile) => {
    const { state, disk } = mortalDisk();
    const stage = await openStage({ profile, disk });
    await pushed(stage.bare, "one", [t1, t2, latest]);
    state.isDying = true;
    await stage.remove(removalOf(t1));
    await stage.clock.sleep(5_000);
    await stage.remove(removalOf(t2));
    state.isDying = false;
    const reports = await recoverCutOff(stage);
    expect(reports.flatMap(({ restored }) => restored)).toEqual([]);
    expect(await everyTag(stage.bare, app)).toEqual([latest]);
  });

  it("where it was at work until the recovery had its lock", async () => {
    const { state, disk } = mortalDisk();
    const stage = await openStage({ profile: "distribution3", disk });
    await pushed(stage.bare, "one", [t1, t2, latest]);
    state.isDying = true;
    await stage.remove(removalOf(t1));
    state.isDying = false;
    await stage.clock.sleep(5_000);
    const options = { ...stage.options(), rollback: false, wait: 100_000_000 };
    const remnants = await journalledRemnants(stage.session, await cutOffOperations(options), options);
    let recovering: Promise<unknown> | undefined;
    const confirm = async (): Promise<boolean> => {
      recovering = recoverAll(stage.session, remnants, options);
      await turns(100);
      return true;
    };
    expect((await stage.remove(removalOf(t2), { confirm })).code).toBe(0);
    await recovering;
    expect(await everyTag(stage.bare, app)).toEqual([latest]);
  });
});

describe("recovering without the journal", () => {
  it("leaves a tag alone that was pushed a moment ago, which one replica lists and another does not know", async () => {
    const stage: Stage = await openStage({
      inside: (registry) => ({
        ...registry,
        resolve: (...args) => (isUnknown(stage, args[1]) ? absent() : registry.resolve(...args)),
        getManifest: (...args) => (isUnknown(stage, args[1]) ? absent() : registry.getManifest(...args)),
      }),
    });
    await pushed(stage.bare, "one", [t1]);
    await pushed(stage.bare, "two", [t2]);
    expect(await recoverFound(stage)).toEqual([]);
    expect(await everyTag(stage.bare, app)).toEqual([t1, t2]);
  });

  it("leaves a tag alone whose manifest has a type that nobody has heard of", async () => {
    const odd = "application/vnd.example.model.manifest.v1+json";
    const stage = await openStage({ profile: "oci" });
    const handler = registryHandler(stage.bare);
    const registry = httpRegistry((request) => {
      const accepted = request.headers.accept ?? odd;
      if (accepted.includes(odd) || accepted.includes("*/*")) return handler(request);
      return handler({ ...request, path: `${request.path}-none` });
    });
    await stage.bare.putManifest(app, t1, made(odd, { schemaVersion: 2, mediaType: odd, layers: [] }));
    expect(await recoverFound(stage, { registry })).toEqual([]);
    expect(await everyTag(stage.bare, app)).toEqual([t1]);
  });

  it("deletes nothing, when it rolls back, where no original is known", async () => {
    const stage = await openStage();
    const decoy = makeDecoy({ operation: "x", host: "h", nonce: "n", at: stage.clock.now(), originals: new Map() });
    await stage.bare.putManifest(app, t1, decoy);
    await stage.clock.sleep(11 * 60_000);
    const [report] = await recoverFound(stage, { rollback: true });
    expect(report?.tags[0]?.outcome).toMatchObject({ outcome: "refused", code: "ORIGINAL_UNKNOWN" });
    expect(await digestAt(stage.bare, app, t1)).toBe(descriptorOf(decoy).digest);
  });

  it("outlasts, when it rolls back, the server's walk of a deletion that somebody sent", async () => {
    let walksBegun = 0;
    let goOn = () => {};
    const isFollowed = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const walking = walks(async () => {
      if (++walksBegun === 1) return isFollowed;
      goOn();
      await turns(20);
    });
    const stage = await openStage({ inside: walking });
    const { digest } = (await pushed(stage.bare, "one", [t1, latest])).descriptor;
    const label = { operation: "x", host: "host", nonce: "n", at: stage.clock.now() };
    const decoy = makeDecoy({ ...label, originals: new Map([[t1, digest]]) });
    await stage.bare.putManifest(app, t1, decoy);
    const walk = stage.session.registry.deleteManifest(app, descriptorOf(decoy).digest);
    await recoverFound(stage, { rollback: true });
    goOn();
    await walk.catch(() => {});
    await turns(100);
    expect(await digestAt(stage.bare, app, t1)).toBe(digest);
  });
});

function isUnknown({ clock }: Stage, reference: string): boolean {
  return reference === t2 && clock.ticks() < 2_000;
}

function absent(): Promise<Awaited<ReturnType<Registry["getManifest"]>> & Awaited<ReturnType<Registry["resolve"]>>> {
  return Promise.reject(new RegistryError("MANIFEST_UNKNOWN", "manifest unknown"));
}
