import { hasCode } from "../../registry/errors.ts";
import { type Descriptor, describe, largestManifest, parseManifest } from "../../registry/image.ts";
import { mediaTypeWithin } from "../../registry/media-type.ts";
import { type Digest, isDigest, type Reference, type RepositoryName } from "../../registry/names.ts";
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

/** Tells whether a registry lists the referrers of a manifest, the subject. */
export type ReferrersCheck = (repository: RepositoryName, subject: Digest) => Promise<boolean>;

/** Makes a check that lists referrers until the registry has once shown that it can. */
export function referrersCheck(registry: Pick<Registry, "listReferrers">): ReferrersCheck {
  let isOffered = false;
  return async (repository, subject) => {
    if (isOffered) return true;
    try {
      await registry.listReferrers(repository, subject);
      isOffered = true;
      return true;
    } catch (error) {
      if (hasCode(error, "UNSUPPORTED")) return false;
      throw error;
    }
  };
}

/**
 * Answers `PUT …/manifests/<reference>`: 201 with the digest. Throws `SIZE_INVALID` (413) over 4 MiB, and what the
 * registry throws.
 */
export async function putManifest(
  { registry, listsReferrers }: { readonly registry: Registry; readonly listsReferrers: ReferrersCheck },
  { repository, reference }: Named,
  request: Request,
): Promise<Response> {
  const bytes = await bodyWithin(request, largestManifest);
  const manifest = { mediaType: mediaTypeOf(request.headers, bytes), bytes };
  const { digest } = await registry.putManifest(repository, reference, manifest);
  const subject = parseManifest(manifest).subject?.digest;
  return bare(201, {
    location: encodeRequest({ kind: "get-manifest", repository, reference: digest }).path,
    "docker-content-digest": digest,
    // tells the client to keep no fallback tag
    ...(subject !== undefined && (await listsReferrers(repository, subject)) && { "oci-subject": subject }),
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
