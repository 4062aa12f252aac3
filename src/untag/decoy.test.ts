import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../registry/digest.ts";
import {
  describe as describeManifest,
  isIndexType,
  largestManifest,
  mediaTypes,
  parseManifest,
} from "../registry/image.ts";
import { parseTag, type Tag } from "../registry/names.ts";
import {
  type DecoyLabel,
  decoyForms,
  emptyBlob,
  emptyDigest,
  labelled,
  makeDecoy,
  mayBeDecoy,
  readDecoy,
} from "./decoy.ts";

const digest = digestOf(new TextEncoder().encode("original"));
const tag = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/),
  fc.constantFrom("__proto__", "constructor", "prototype", "1", "0"),
);
const label = fc.record({
  operation: fc.string(),
  nonce: fc.stringMatching(/^[0-9a-f]{32}$/),
  host: fc.string(),
  at: fc.date({ min: new Date(0), max: new Date("9999-01-01"), noInvalidDate: true }),
  originals: fc
    .uniqueArray(tag, { maxLength: 20 })
    .map((tags) => new Map(tags.map((name) => [parseTag(name), digest] as const))),
});

describe("makeDecoy()", () => {
  it.each(decoyForms)("gives what readDecoy() reads again, in the form %s", (form) => {
    fc.assert(
      fc.property(label, (made) => {
        const decoy = makeDecoy(made, form);
        const read = readDecoy(decoy);
        expect({ ...read, originals: [...(read?.originals ?? [])].sort() }).toEqual({
          ...made,
          originals: [...made.originals].sort(),
        });
        expect(mayBeDecoy(describeManifest(decoy))).toBe(true);
      }),
    );
  });

  it("makes an index of nothing, or an image without layers on the blob {}", () => {
    const made: DecoyLabel = { operation: "o", nonce: "n", host: "h", at: new Date(0), originals: new Map() };
    for (const form of decoyForms) {
      const { mediaType, bytes } = makeDecoy(made, form);
      const { layers, manifests, config } = parseManifest({ mediaType, bytes });
      expect([layers, manifests]).toEqual([[], []]);
      expect(config?.digest).toBe(isIndexType(mediaType) ? undefined : emptyDigest);
    }
    expect(digestOf(emptyBlob)).toBe(emptyDigest);
  });

  it("is no larger than a registry takes, however long the names of its chunk", () => {
    const originals = new Map(
      Array.from({ length: 256 }, (_, index) => [`${index}`.padStart(128, "x") as Tag, digest] as const),
    );
    const { bytes } = makeDecoy({ operation: "o", nonce: "n", host: "h", at: new Date(0), originals });
    expect(bytes.length).toBeLessThan(largestManifest / 40);
  });

  it("never makes the same twice, not even in the same moment of the same operation", () => {
    const origin = { operation: "o", host: "h", clock: { now: () => new Date(0) }, random: randomBytes };
    const made = () => describeManifest(makeDecoy(labelled(origin, new Map([[parseTag("a"), digest]])))).digest;
    expect(new Set([made(), made(), made()]).size).toBe(3);
  });
});

describe("readDecoy()", () => {
  const annotations = JSON.parse(
    new TextDecoder().decode(
      makeDecoy({ operation: "o", nonce: "n", host: "h", at: new Date(0), originals: new Map() }).bytes,
    ),
  ).annotations;
  const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size: 1 };

  it.each([
    { what: "an image with a layer", more: { layers: [layer] } },
    { what: "an index with a child", more: { manifests: [{ ...layer, mediaType: mediaTypes.ociManifest }] } },
    { what: "one without a nonce", more: { annotations: { ...annotations, "tagwise.decoy.nonce": undefined } } },
    { what: "one whose tags are no JSON", more: { annotations: { ...annotations, "tagwise.decoy.tags": "{" } } },
    { what: "one whose tags are null", more: { annotations: { ...annotations, "tagwise.decoy.tags": "null" } } },
    { what: "one without annotations", more: { annotations: undefined } },
  ])("takes for none $what", ({ more }) => {
    const content = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [], annotations, ...more };
    const bytes = new TextEncoder().encode(JSON.stringify(content));
    expect(readDecoy({ mediaType: mediaTypes.ociIndex, bytes })).toBeUndefined();
  });

  it("leaves out names and digests that are none, whatever else they are", () => {
    const tags = JSON.stringify({
      good: digest,
      "bad tag": digest,
      number: 1,
      text: "sha256:1",
      nested: { good: digest },
    });
    const content = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [],
      annotations: { ...annotations, "tagwise.decoy.tags": tags },
    };
    const read = readDecoy({
      mediaType: mediaTypes.ociIndex,
      bytes: new TextEncoder().encode(JSON.stringify(content)),
    });
    expect([...(read?.originals ?? [])]).toEqual([["good", digest]]);
  });

  it("reads any bytes, or takes them for none", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          expect(readDecoy({ mediaType: mediaTypes.ociIndex, bytes })).toBeUndefined();
        },
      ),
    );
  });
});
