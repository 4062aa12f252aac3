import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import { parseManifest } from "../../src/registry/image.ts";
import { isDigest, parseTag } from "../../src/registry/names.ts";
import { app, image, indexOf } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { openStage } from "../suites/untag/stage.ts";
import { one1, removedStage, undo } from "../suites/untag/undoing.ts";

describe("undo, where the manifest cannot be put back", () => {
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
});

/** As distribution sends a blob that its cache promises and its disk has not. */
// biome-ignore lint/correctness/useYield: it breaks off before the first byte
async function* brokenOff(): AsyncGenerator<Uint8Array> {
  throw new RegistryError("LOST", "the answer broke off");
}
