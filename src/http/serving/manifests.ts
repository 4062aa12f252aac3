import { hasCode } from "../../registry/errors.ts";
import { type Descriptor, describe, largestManifest, type Manifest, parseManifest } from "../../registry/image.ts";
import { mediaTypeWithin } from "../../registry/media-type.ts";
import { isDigest, type Reference, type RepositoryName } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { encodeRequest } from "../../wire/request.ts";
import type { Headers, Request, Response } from "../../wire/transport.ts";
import { bare, bodyWithin, whole } from "./answers.ts";

interface Named {
  readonly repository: RepositoryName;
  readonly reference: Reference;
}

/** Answers `HEAD …/manifests/<reference>`. Throws `MANIFEST_UNKNOWN`. */
export async function headManifest(registry: Registry, { repository, reference }: Named): Promise<Response> {
  const descriptor = await registry.resolve(repository, reference);
  return bare(200, { ...headersOf(descriptor), "content-length": String(descriptor.size) });
}

/** Answers `GET …/manifests/<reference>`, whatever types the request accepts. Throws `MANIFEST_UNKNOWN`. */
export async function getManifest(registry: Registry, { repository, reference }: Named): Promise<Response> {
  const manifest = await registry.getManifest(repository, reference);
  const digest = isDigest(reference) ? reference : describe(manifest).digest;
  return whole(manifest.bytes, headersOf({ mediaType: manifest.mediaType, digest }));
}

/**
 * Answers `PUT …/manifests/<reference>`: 201 with the digest. Throws `SIZE_INVALID` (413) over 4 MiB, and what the
 * registry throws.
 */
export async function putManifest(
  registry: Registry,
  { repository, reference }: Named,
  request: Request,
): Promise<Response> {
  const bytes = await bodyWithin(request, largestManifest);
  const manifest = { mediaType: mediaTypeOf(request.headers, bytes), bytes };
  const { digest } = await registry.putManifest(repository, reference, manifest);
  return bare(201, {
    location: encodeRequest({ kind: "get-manifest", repository, reference: digest }).path,
    "docker-content-digest": digest,
    ...(await subjectOf(registry, repository, manifest)),
  });
}

function headersOf({ mediaType, digest }: Pick<Descriptor, "mediaType" | "digest">): Headers {
  return { "content-type": mediaType, "docker-content-digest": digest, etag: `"${digest}"` };
}

/** The type without its parameters; a client that sends none means what the bytes say. */
function mediaTypeOf(headers: Headers, bytes: Uint8Array): string {
  const type = headers["content-type"]?.split(";")[0]?.trim() ?? "";
  return type === "" || type === "application/json" ? mediaTypeWithin(bytes) : type;
}

/**
 * Says that the registry lists this manifest among its subject's referrers, if it does: the client then keeps no
 * fallback tag.
 */
async function subjectOf(registry: Registry, repository: RepositoryName, manifest: Manifest): Promise<Headers> {
  const subject = parseManifest(manifest).subject?.digest;
  if (subject === undefined) return {};
  try {
    await registry.listReferrers(repository, subject);
    return { "oci-subject": subject };
  } catch (error) {
    if (hasCode(error, "UNSUPPORTED")) return {};
    throw error;
  }
}
