import * as v from "valibot";
import { RegistryError } from "./errors.ts";
import { mediaTypes } from "./image.ts";

const marksSchema = v.looseObject({
  schemaVersion: v.optional(v.number()),
  mediaType: v.nullish(v.string()),
  manifests: v.nullish(v.unknown()),
  signatures: v.nullish(v.unknown()),
});

/**
 * Derives a manifest's media type from its bytes, as registries do that store no media type. Throws `MANIFEST_INVALID`.
 */
export function mediaTypeWithin(bytes: Uint8Array): string {
  const { schemaVersion, mediaType, manifests, signatures } = marksOf(bytes);
  if (schemaVersion === 1) return signatures ? mediaTypes.dockerSchema1Signed : mediaTypes.dockerSchema1;
  if (mediaType) return mediaType;
  return manifests ? mediaTypes.ociIndex : mediaTypes.ociManifest;
}

/** RFC 6838: what stands in a header of HTTP, too. */
export function isMediaType(text: string): boolean {
  return /^[a-z\d][\w!#$&^.+-]{0,126}\/[a-z\d][\w!#$&^.+-]{0,126}$/i.test(text);
}

function marksOf(bytes: Uint8Array): v.InferOutput<typeof marksSchema> {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (Array.isArray(json)) throw new TypeError("an array"); // valibot takes one for an object
    return v.parse(marksSchema, json);
  } catch (cause) {
    throw new RegistryError("MANIFEST_INVALID", "not a manifest: it is not a JSON object", { cause });
  }
}
