import { describe, expect, it } from "vitest";
import { digestOf } from "./digest.ts";
import { describe as describeManifest, isManifestOf, mediaTypes, parseManifest } from "./image.ts";

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
    ["schema 1", mediaTypes.dockerSchema1, { schemaVersion: 1, fsLayers: [{ blobSum: digest }] }, 0],
    ["signed schema 1", mediaTypes.dockerSchema1Signed, { schemaVersion: 1, fsLayers: [{ blobSum: digest }] }, 0],
    ["an OCI artifact", mediaTypes.ociArtifact, { blobs: [{ mediaType: "application/x", digest, size: 7 }] }, 7],
    ["an OCI image", mediaTypes.ociManifest, { layers: [{ mediaType: "application/x", digest, size: 7 }] }, 7],
  ])("finds the layers of %s", (_, mediaType, content, size) => {
    expect(parseManifest({ mediaType, bytes: encoded(content) }).layers).toMatchObject([{ digest, size }]);
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

describe("a signed schema 1 manifest", () => {
  const payload = `{\n   "schemaVersion": 1,\n   "name": "team/app",\n   "fsLayers": []\n}`;
  const protectedAs = (formatLength: number, formatTail: string) =>
    Buffer.from(JSON.stringify({ formatLength, formatTail: Buffer.from(formatTail).toString("base64url") })).toString(
      "base64url",
    );
  const signed = (header: string) => {
    const bytes = Buffer.from(`${payload.slice(0, -2)},\n   "signatures": [{ "protected": "${header}" }]\n}`);
    return { mediaType: mediaTypes.dockerSchema1Signed, bytes };
  };

  it("has the digest of what was signed", () => {
    const manifest = signed(protectedAs(payload.length - 2, "\n}"));
    expect(describeManifest(manifest).digest).toBe(digestOf(Buffer.from(payload)));
  });

  it.each([
    ["another manifest whole", protectedAs(0, `{"schemaVersion":2}`)],
    ["a part of itself", protectedAs(1, "}")],
    ["no JSON", protectedAs(payload.length, "x")],
    ["more than there is", protectedAs(1e9, "")],
    ["nothing that can be read", "e30"],
  ])("that claims to be %s passes for nothing but itself", (_what, header) => {
    const manifest = signed(header);
    expect(describeManifest(manifest).digest).toBe(digestOf(manifest.bytes));
    expect(isManifestOf(digestOf(Buffer.from(`{"schemaVersion":2}`)), manifest)).toBe(false);
  });
});
