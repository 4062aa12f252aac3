import { describe, expect, it } from "vitest";
import { memoryRegistry } from "../memory/memory.ts";
import { digestOf } from "../registry/digest.ts";
import { mediaTypes } from "../registry/image.ts";
import { parseRepositoryName, parseTag } from "../registry/names.ts";
import { readOnly } from "./read-only.ts";

const repository = parseRepositoryName("team/app");
const tag = parseTag("latest");
const manifest = {
  mediaType: mediaTypes.ociIndex,
  bytes: new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, manifests: [] })),
};
const digest = digestOf(manifest.bytes);

describe("readOnly()", () => {
  it("refuses every change as UNSUPPORTED and leaves the registry as it was", async () => {
    const real = memoryRegistry();
    await real.putManifest(repository, tag, manifest);
    const registry = readOnly(real);
    const changes = [
      registry.putManifest(repository, parseTag("new"), manifest),
      registry.deleteManifest(repository, digest),
      registry.deleteTag(repository, tag),
      registry.openUpload(repository),
      registry.mountBlob(repository, digest, repository),
      registry.deleteBlob(repository, digest),
    ];
    for (const { status, reason } of (await Promise.allSettled(changes)) as PromiseRejectedResult[]) {
      expect(status).toBe("rejected");
      expect(reason).toMatchObject({ code: "UNSUPPORTED", message: expect.stringContaining("read-only") });
    }
    expect((await registry.resolve(repository, tag)).digest).toBe(digest);
    expect((await registry.listTags(repository)).items).toEqual([tag]);
  });
});
