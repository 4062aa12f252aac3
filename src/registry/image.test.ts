import { describe, expect, it } from "vitest";
import { mediaTypes, parseManifest } from "./image.ts";

const encoded = (content: unknown) => new TextEncoder().encode(JSON.stringify(content));
const digest = `sha256:${"a".repeat(64)}`;

describe("parseManifest()", () => {
  it("takes what is null for absent, as Go writes empty lists and maps", () => {
    const config = { mediaType: mediaTypes.ociConfig, digest, size: 2, annotations: null, platform: null };
    const content = { schemaVersion: 2, config, layers: null, annotations: null, manifests: null, subject: null };
    const manifest = { mediaType: mediaTypes.ociManifest, bytes: encoded(content) };
    expect(parseManifest(manifest)).toEqual({
      kind: "image",
      schemaVersion: 2,
      layers: [],
      manifests: [],
      annotations: {},
      config: { mediaType: mediaTypes.ociConfig, digest, size: 2 },
    });
  });

  it.each([
    [mediaTypes.dockerSchema1Signed, { schemaVersion: 1 }, "image"],
    [mediaTypes.ociManifest, {}, "image"],
    [mediaTypes.ociManifest, { artifactType: "application/x" }, "artifact"],
    [mediaTypes.ociManifest, { config: { mediaType: "application/x", digest, size: 1 } }, "artifact"],
    [mediaTypes.ociArtifact, {}, "artifact"],
    [mediaTypes.dockerList, {}, "index"],
    ["application/x", { manifests: [] }, "index"],
    ["application/x", {}, "artifact"],
  ])("takes %s that says %j for an %s", (mediaType, content, kind) => {
    expect(parseManifest({ mediaType, bytes: encoded(content) }).kind).toBe(kind);
  });

  it.each([
    ["a null among the layers", { layers: [null] }],
    ["a layer without a digest", { layers: [{ size: 1 }] }],
    ["no object", 7],
  ])("refuses %s", (_what, content) => {
    const manifest = { mediaType: mediaTypes.ociManifest, bytes: encoded(content) };
    expect(() => parseManifest(manifest)).toThrow(/^not a manifest: /);
  });
});
