import { expect, it } from "vitest";
import { admitted } from "./admission.ts";
import { digestOf } from "./digest.ts";
import { mediaTypes } from "./image.ts";
import { parseTag } from "./names.ts";

it("looks each blob up once, however often a manifest names it, and many at once", async () => {
  const layerOf = (number: number) => ({ mediaType: "a/b", size: 1, digest: digestOf(Buffer.from(`${number}`)) });
  const layers = Array.from({ length: 100 }, (_, number) => layerOf(number % 10));
  const content = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: layerOf(0), layers };
  const manifest = { mediaType: mediaTypes.ociManifest, bytes: Buffer.from(JSON.stringify(content)) };
  let [asked, most, under] = [0, 0, 0];
  const hasBlob = async () => {
    asked++;
    most = Math.max(most, ++under);
    await new Promise((resolve) => setImmediate(resolve));
    under--;
    return true;
  };
  await admitted(manifest, parseTag("v1"), { hasBlob, hasManifest: async () => false });
  expect([asked, most]).toEqual([10, 10]);
});
