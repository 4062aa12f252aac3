import { expect, it } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import { describe } from "../../src/registry/image.ts";
import { parseTag, type Tag } from "../../src/registry/names.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { makeDecoy, readDecoy } from "../../src/untag/decoy.ts";
import { type Operation, stateOf } from "../../src/untag/journal/journal.ts";
import { recoverOperation } from "../../src/untag/recovery/recover.ts";
import { app, image, type Made, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { turns, walks } from "../suites/untag/liars.ts";
import { latest } from "../suites/untag/scene.ts";
import { openStage, type Stage } from "../suites/untag/stage.ts";

const [a, b] = ["a", "b"].map(parseTag) as [Tag, Tag];

/** An operation on `a` and `b`, each on a decoy of its own, as the journal has it. */
async function begun(stage: Stage, made: Made, tags: readonly Tag[]): Promise<Operation> {
  const { digest } = made.descriptor;
  const operation = await stage.journal.name(new Date(0), new Uint8Array(16));
  const repositories = [
    { repository: app, strategy: "decoy", siblings: new Map(), tags: tags.map((tag) => ({ tag, digest })) },
  ] as const;
  const registry = stage.session.address;
  await stage.journal.begin({
    operation,
    at: new Date(0),
    registry,
    manifests: new Map([[digest, made]]),
    repositories,
  });
  for (const tag of tags) {
    const manifest = makeDecoy({
      operation,
      host: "h",
      nonce: tag,
      at: new Date(0),
      originals: new Map([[tag, digest]]),
    });
    const step = { step: "decoy", repository: app, digest: describe(manifest).digest, manifest, tags: [tag] } as const;
    await stage.journal.record(operation, step);
  }
  return read(stage, operation);
}

async function read({ journal }: Stage, operation: string): Promise<Operation> {
  const found = await journal.read(operation);
  if (found === undefined) throw new Error("not in the journal");
  return found;
}

async function recovered(
  stage: Stage,
  operation: Operation,
  { rollback = false, registry = stage.session.registry } = {},
) {
  const options = { ...stage.options(), registry, rollback, removedSince: () => false, record: stage.journal.record };
  const reports = await recoverOperation(operation, options);
  const ends = reports.flatMap(({ tags }) => tags.map(({ outcome }) => `${outcome.tag} ${outcome.outcome}`));
  return {
    ends,
    restored: reports.flatMap((one) => one.restored),
    state: stateOf(await read(stage, operation.operation)),
  };
}

/** The same registry, whose listing has tags without a manifest until somebody pushes to them. */
function withZombies(registry: Registry, zombies: Set<Tag>): Registry {
  return {
    ...registry,
    async listTags(repository, page) {
      const { items } = await registry.listTags(repository, page);
      return { items: [...new Set([...items, ...zombies])] };
    },
    async putManifest(repository, reference, manifest) {
      zombies.delete(reference as Tag);
      return registry.putManifest(repository, reference, manifest);
    },
  };
}

it("what was pushed while the decoy is deleted is told as kept, not as removed", async () => {
  const stage = await openStage();
  const operation = await begun(stage, await pushed(stage.bare, "one", [a, latest]), [a]);
  const [step] = operation.steps;
  if (step?.step !== "decoy") throw new Error("no decoy");
  await stage.bare.putManifest(app, a, step.manifest);
  const fresh = await image(stage.bare, "fresh");
  const { registry } = stage.session;
  const pushing: Registry = {
    ...registry,
    async deleteManifest(...args) {
      await stage.bare.putManifest(app, a, fresh);
      return registry.deleteManifest(...args);
    },
  };
  expect(await recovered(stage, operation, { registry: pushing })).toMatchObject({ ends: ["a kept"] });
  expect(await digestAt(stage.bare, app, a)).toBe(fresh.descriptor.digest);
});

it("a push to a tag without a manifest is not overwritten, though it came after the look", async () => {
  const stage = await openStage();
  const operation = await begun(stage, await pushed(stage.bare, "one", [latest]), [a, b]);
  const fresh = await image(stage.bare, "fresh");
  const zombies = new Set([a, b]);
  const listing = withZombies(stage.session.registry, zombies);
  let deletions = 0;
  const registry: Registry = {
    ...listing,
    async deleteManifest(...args) {
      if (++deletions === 1) await listing.putManifest(app, b, fresh);
      return listing.deleteManifest(...args);
    },
  };
  expect((await recovered(stage, operation, { registry })).ends).toEqual(["a removed", "b kept"]);
  expect(await digestAt(stage.bare, app, b)).toBe(fresh.descriptor.digest);
});

it("a decoy that recover itself made is in the journal before a tag is put on it", async () => {
  const stage = await openStage();
  const made = await pushed(stage.bare, "one", [latest]);
  const { operation } = await begun(stage, made, []);
  const { digest } = made.descriptor;
  const repositories = [
    { repository: app, strategy: "native", siblings: new Map(), tags: [{ tag: a, digest }] },
  ] as const;
  const native: Operation = { ...(await read(stage, operation)), repositories };
  const registry = withZombies(stage.session.registry, new Set([a]));
  const cut: Registry = { ...registry, deleteManifest: async () => Promise.reject(new TypeError("killed")) };
  await expect(recovered(stage, native, { registry: cut })).rejects.toThrow("killed");
  expect(readDecoy(await stage.bare.getManifest(app, a))).toBeDefined();
  const again = { ...(await read(stage, operation)), repositories };
  expect(await recovered(stage, again)).toMatchObject({ ends: ["a removed"], state: "done" });
  expect(await digestAt(stage.bare, app, a)).toBeUndefined();
});

it("a rollback outlasts the server's walk of a deletion that was sent before", async () => {
  let walksBegun = 0;
  let goOn = () => {};
  const isFollowed = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const stage = await openStage({
    inside: walks(async () => {
      if (++walksBegun === 1) return isFollowed;
      goOn();
      await turns(20);
    }),
  });
  const made = await pushed(stage.bare, "one", [a, latest]);
  const operation = await begun(stage, made, [a]);
  const [step] = operation.steps;
  if (step?.step !== "decoy") throw new Error("no decoy");
  await stage.bare.putManifest(app, a, step.manifest);
  await stage.journal.record(operation.operation, { step: "sent", repository: app, digest: step.digest });
  const walk = stage.session.registry.deleteManifest(app, step.digest); // its client was killed; the server goes on
  const cut = await read(stage, operation.operation);
  expect(await recovered(stage, cut, { rollback: true })).toMatchObject({ ends: ["a restored"], state: "rolled-back" });
  await walk.catch(() => {});
  await turns(100);
  expect(await digestAt(stage.bare, app, a)).toBe(made.descriptor.digest);
});

it("siblings that went with a decoy on a registry that takes too much are put back", async () => {
  let isDown = false;
  const stage = await openStage({
    inside: (registry) => ({
      ...registry,
      async deleteManifest(repository, digest) {
        const isDecoy = (await registry.resolve(repository, digest).catch(() => undefined)) !== undefined;
        await registry.deleteManifest(repository, digest);
        if (isDecoy) await registry.deleteManifest(repository, made.descriptor.digest);
      },
      async putManifest(repository, reference, manifest) {
        if (reference === latest && isDown) throw new RegistryError("UNAVAILABLE", "down");
        return registry.putManifest(repository, reference, manifest);
      },
    }),
  });
  const made = await pushed(stage.bare, "one", [a, latest]);
  isDown = true;
  const { document, code } = await stage.remove([{ repository: app, targets: [{ tag: a }] }]);
  expect([document.lost, code]).toEqual([[latest], 5]);
  isDown = false;
  const operation = await read(stage, document.operation ?? "");
  expect(await recovered(stage, operation)).toMatchObject({ restored: [latest], state: "done" });
  expect(await digestAt(stage.bare, app, latest)).toBe(made.descriptor.digest);
});
