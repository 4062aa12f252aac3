import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodeOf, removalDocument } from "../../src/app/removing/removal-document.ts";
import { findUndoable, type TagName, type UndoOptions, undoRemoval } from "../../src/app/removing/undo-removal.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { parseManifest } from "../../src/registry/image.ts";
import { isDigest, parseTag } from "../../src/registry/names.ts";
import type { Emit } from "../../src/untag/events.ts";
import { stateOf } from "../../src/untag/journal/journal.ts";
import { lockRepositories } from "../../src/untag/locking.ts";
import { app, image, indexOf, other, pushed } from "../suites/registry/contents.ts";
import { digestAt, standingsOf } from "../suites/untag/audit.ts";
import { chosen, furnish, tagsNamed } from "../suites/untag/scene.ts";
import { openStage, type Stage, type StageOptions } from "../suites/untag/stage.ts";

const [one1, one2] = tagsNamed("one", 2) as [never, never];

async function removedStage(options: StageOptions = {}) {
  const stage = await openStage(options);
  await furnish(stage.bare);
  const before = await standingsOf(stage.bare, [app, other]);
  const { document } = await stage.remove(chosen);
  return { stage, before, operation: document.operation ?? "" };
}

interface Undoing {
  readonly operation?: string;
  readonly tags?: readonly string[];
  readonly force?: boolean;
  readonly wait?: number;
  readonly more?: Partial<UndoOptions>;
}

const named = (tag: string): TagName => ({ host: "registry.test", repository: app, tag: parseTag(tag) });

async function undo(stage: Stage, { operation, tags = [], force = false, wait = 0, more = {} }: Undoing = {}) {
  const request = await findUndoable(stage, { operation, names: tags.map(named) });
  const reports = await undoRemoval(stage.session, request, { ...stage.options(), force, wait, ...more });
  const shown = { operation: request.operation.operation, dryRun: false, reports, requests: 0, milliseconds: 0 };
  const document = removalDocument(stage.session.address, shown);
  return {
    ends: document.tags.map(({ tag, outcome, code }) => [tag, outcome, code].join(" ").trim()),
    document,
    code: exitCodeOf(document),
  };
}

describe.each(["distribution2", "distribution3", "harbor"])("undo of a removal on %s", (profile) => {
  it("begins no other tag after a signal, and says which; the next undo puts back the rest", async () => {
    const { stage, before } = await removedStage({ profile });
    const interruption = new AbortController();
    const emit: Emit = ({ kind }) => kind === "outcome" && interruption.abort(new Error("interrupted"));
    const stopped = await undo(stage, { more: { concurrency: 1, emit, signal: interruption.signal } });
    const outcomes = stopped.document.tags.map(({ outcome, code = "" }) => `${outcome} ${code}`.trim());
    expect(outcomes).toEqual(["restored", ...outcomes.slice(1).map(() => "failed INTERRUPTED")]);
    expect(outcomes.length).toBeGreaterThan(2);
    await undo(stage);
    expect(await standingsOf(stage.bare, [app, other])).toEqual(before);
  });

  it("puts every tag back where it was, to the byte", async () => {
    const { stage, before, operation } = await removedStage({ profile });
    expect((await standingsOf(stage.bare, [app, other])).size).toBe(before.size - 6);
    const { ends } = await undo(stage);
    expect(new Set(ends.map((end) => end.split(" ")[1]))).toEqual(new Set(["restored"]));
    expect(await standingsOf(stage.bare, [app, other])).toEqual(before);
    const read = await stage.journal.read(operation);
    expect(read && stateOf(read)).toBe("undone");
  });
});

describe("undo", () => {
  it("has nothing to do a second time, and says so", async () => {
    const { stage, operation } = await removedStage();
    await undo(stage);
    await expect(undo(stage)).rejects.toMatchObject({
      said: "NOTHING_TO_UNDO",
      next: expect.stringContaining("history"),
    });
    await expect(undo(stage, { operation })).rejects.toMatchObject({ said: "NOTHING_TO_UNDO" });
  });

  it("puts back some, and the rest later", async () => {
    const { stage, before, operation } = await removedStage();
    expect((await undo(stage, { tags: [one1] })).ends).toEqual(["one1 restored"]);
    expect(await digestAt(stage.bare, app, one2)).toBeUndefined();
    const half = await stage.journal.read(operation);
    expect(half && stateOf(half)).toBe("done");
    await expect(undo(stage, { tags: [one1] })).rejects.toMatchObject({ said: "NOTHING_TO_UNDO" });
    await undo(stage);
    expect(await standingsOf(stage.bare, [app, other])).toEqual(before);
  });

  it("goes by the last operation that removed all the named tags", async () => {
    const { stage, operation } = await removedStage();
    await pushed(stage.bare, "later", [one1]);
    await stage.remove([{ repository: app, targets: [{ tag: one1 }] }]);
    const request = await findUndoable(stage, { names: [named(one1), named(one2)] });
    expect(request.operation.operation).toBe(operation);
    expect((await findUndoable(stage, { names: [named(one1)] })).operation.operation).not.toBe(operation);
  });

  it("refuses where somebody has pushed since, unless it is forced", async () => {
    const { stage, before } = await removedStage();
    const push = await pushed(stage.bare, "new", [one1]);
    const { ends, document, code } = await undo(stage, { tags: [one1] });
    expect([ends, code]).toEqual([["one1 refused PUSHED_ANEW"], 4]);
    expect(document.tags[0]?.reason).toMatch(/--force/);
    expect(await digestAt(stage.bare, app, one1)).toBe(push.descriptor.digest);
    expect((await undo(stage, { tags: [one1], force: true })).ends).toEqual(["one1 restored"]);
    expect(await digestAt(stage.bare, app, one1)).toBe(before.get(`registry.test/${app}:${one1}`));
  });

  it("ends each tag by itself", async () => {
    const { stage } = await removedStage();
    await pushed(stage.bare, "new", [one1]);
    const { ends } = await undo(stage);
    expect(ends.filter((end) => end.endsWith("restored"))).toHaveLength(5);
    expect(ends).toContain("one1 refused PUSHED_ANEW");
  });

  it("says which blobs are gone", async () => {
    const { stage } = await removedStage();
    const [operation] = (await stage.journal.list()).operations;
    const digest = operation?.repositories[0]?.tags[0]?.digest;
    const manifest = digest && operation?.manifests.get(digest);
    if (!digest || !manifest) throw new Error("nothing in the journal");
    const [layer] = parseManifest(manifest).layers;
    if (layer === undefined) throw new Error("no layer");
    await stage.bare.deleteManifest(app, digest);
    await stage.bare.deleteBlob(app, layer.digest);
    const { document, code } = await undo(stage, { tags: [one1] });
    expect(document.tags[0]).toMatchObject({ outcome: "failed", code: "MANIFEST_BLOB_UNKNOWN" });
    expect(document.tags[0]?.reason).toContain(layer.digest);
    expect(code).toBe(1);
  });

  it("puts nothing back where a cache answers for blobs that a collection took", async () => {
    let isCollected = false;
    const { stage } = await removedStage({
      inside: (registry) => ({
        ...registry,
        async getManifest(repository, reference) {
          if (isCollected && isDigest(reference)) throw new RegistryError("MANIFEST_UNKNOWN", "unknown");
          return registry.getManifest(repository, reference);
        },
        getBlob: async () => ({ size: 10, content: brokenOff() }),
      }),
    });
    isCollected = true;
    const { document } = await undo(stage, { tags: [one1] });
    expect(document.tags[0]).toMatchObject({ outcome: "failed", code: "MANIFEST_BLOB_UNKNOWN" });
    expect(document.tags[0]?.reason).toMatch(/blob sha256:\S+, blob sha256:\S+ are gone; .*tagwise gc restore/);
    expect(await digestAt(stage.bare, app, one1)).toBeUndefined();
  });

  it("says which children are gone", async () => {
    const stage = await openStage();
    const child = await image(stage.bare, "child");
    const index = indexOf([child.descriptor]);
    await stage.bare.putManifest(app, child.descriptor.digest, child);
    await stage.bare.putManifest(app, one1, index);
    await stage.remove([{ repository: app, targets: [{ tag: one1 }] }]);
    await stage.bare.deleteManifest(app, index.descriptor.digest);
    await stage.bare.deleteManifest(app, child.descriptor.digest);
    const { document } = await undo(stage);
    expect(document.tags[0]?.reason).toContain(`child ${child.descriptor.digest}`);
  });

  it("believes no manifest in the journal that is not its digest's", async () => {
    const { stage, operation } = await removedStage();
    const file = join(stage.directory, "journal", `${operation}.jsonl`);
    const text = await readFile(file, "utf8");
    const bytes = /"bytes":"([^"]+)"/.exec(text)?.[1] ?? "";
    const forged = Buffer.from(Buffer.from(bytes, "base64").toString().replace("schemaVersion", "SchemaVersion"));
    await writeFile(file, text.replaceAll(bytes, forged.toString("base64")));
    const { ends } = await undo(stage, { tags: [one1] });
    expect(ends).toEqual(["one1 failed JOURNAL_DAMAGED"]);
    expect(await digestAt(stage.bare, app, one1)).toBeUndefined();
  });

  it("does not believe a 201 that stores nothing", async () => {
    const { stage } = await removedStage({
      inside: (registry) => ({
        ...registry,
        async putManifest(repository, reference, manifest) {
          const stands = await registry.resolve(repository, reference).catch(() => undefined);
          const isUndo = reference === one1 && stands === undefined;
          return isUndo
            ? registry.resolve(repository, await keptDigest())
            : registry.putManifest(repository, reference, manifest);
        },
      }),
    });
    const keptDigest = async () => (await stage.bare.resolve(app, parseTag("latest"))).digest;
    const { ends, code } = await undo(stage, { tags: [one1] });
    expect([ends, code]).toEqual([["one1 failed MANIFEST_UNKNOWN"], 1]);
  });

  it("waits for an operation that is still at work, and then undoes that one and not an older", async () => {
    const { stage: old, operation: first } = await removedStage();
    await pushed(old.bare, "second", [one1]);
    let undoing: ReturnType<typeof undo> | undefined;
    const { document } = await old.remove([{ repository: app, targets: [{ tag: one1 }] }], {
      emit(event) {
        if (event.kind === "progress" && event.phase === "removing") undoing ??= undo(old, { wait: 60_000 });
      },
    });
    const undone = await undoing;
    expect(undone?.ends).toEqual(["one1 restored"]);
    expect(undone?.document.operation).toBe(document.operation);
    expect(undone?.document.operation).not.toBe(first);
  });

  it("says what to do about an operation that was cut off", async () => {
    const { stage, operation } = await removedStage();
    const file = join(stage.directory, "journal", `${operation}.jsonl`);
    const lines = (await readFile(file, "utf8")).split("\n");
    await writeFile(file, `${lines.slice(0, 3).join("\n")}\n`);
    const refusal = { said: "CUT_OFF", next: expect.stringContaining("recover") };
    for (const asking of [{}, { operation }, { tags: [one1] }]) {
      await expect(undo(stage, asking)).rejects.toMatchObject(refusal);
    }
  });

  it("is kept out while somebody else is at work on the repository", async () => {
    const { stage } = await removedStage();
    const { locks: directories, clock } = stage.options();
    const held = await lockRepositories([other], {
      directories,
      registry: "registry.test",
      wait: 0,
      sleep: clock.sleep,
    });
    await expect(undo(stage)).rejects.toMatchObject({ said: "BUSY" });
    await held.release();
    expect((await undo(stage)).ends).toHaveLength(6);
  });

  it("tells the truth where the journal cannot be told", async () => {
    const { stage, before } = await removedStage();
    const journal = { ...stage.journal, record: async () => Promise.reject(new Error("ENOSPC: no space left")) };
    const request = await findUndoable(stage, { names: [] });
    const reports = await undoRemoval(stage.session, request, { ...stage.options(), journal, force: false });
    expect(reports.flatMap(({ tags }) => tags.map(({ outcome }) => outcome.outcome))).toEqual(
      Array(6).fill("restored"),
    );
    expect(stage.events).toContainEqual(
      expect.objectContaining({ kind: "note", says: expect.stringMatching(/no space left/) }),
    );
    expect(await standingsOf(stage.bare, [app, other])).toEqual(before);
    expect((await undo(stage)).ends).toHaveLength(6);
  });

  it("tries again where the server is busy, and looks first whether somebody has pushed meanwhile", async () => {
    let isBusy = false;
    const { stage } = await removedStage({
      async through(call, proceed) {
        if (!isBusy || call.method !== "putManifest") return proceed();
        isBusy = false;
        await pushed(stage.bare, "meanwhile", [one1]);
        throw new RegistryError("TOOMANYREQUESTS", "slow down", { retryAfter: 30 });
      },
    });
    isBusy = true;
    expect((await undo(stage, { tags: [one1] })).ends).toEqual(["one1 refused PUSHED_ANEW"]);
  });
});

/** As distribution sends a blob that its cache promises and its disk has not. */
// biome-ignore lint/correctness/useYield: it breaks off before the first byte
async function* brokenOff(): AsyncGenerator<Uint8Array> {
  throw new RegistryError("LOST", "the answer broke off");
}
