import { hasCode, isAbsent, RegistryError, unlessAbsent } from "../../registry/errors.ts";
import {
  type Descriptor,
  describe,
  isManifestOf,
  largestManifest,
  type Manifest,
  manifestMediaTypes,
} from "../../registry/image.ts";
import { mediaTypeWithin } from "../../registry/media-type.ts";
import { type Digest, isDigest, parseDigest, type Reference, type RepositoryName } from "../../registry/names.ts";
import { allOf } from "../../registry/pages.ts";
import { readBody } from "../../wire/body.ts";
import type { Headers, Response } from "../../wire/transport.ts";
import { isNobodys, readTags, seeThatItIsUp } from "./listings.ts";
import { type Send, seeWhatAnswers, unremembered } from "./send.ts";

/** Any other type comes last: a registry that answers 404 to a type that is not accepted would hide such a tag. */
const accept = { accept: [...manifestMediaTypes, "*/*"].join(", ") };

/** A tag may have moved since somebody on the way remembered it; what a digest names stays as it is. */
const acceptNow = { ...accept, ...unremembered };

function headersFor(reference: Reference): Headers {
  return isDigest(reference) ? accept : acceptNow;
}

/**
 * Where a reference points, by HEAD; by GET where the answer to that does not tell. A 404 to a HEAD has no body that
 * says who found nothing, and Nexus answered so for every tag: no tag is taken for absent because of it.
 */
export async function resolve(send: Send, repository: RepositoryName, reference: Reference): Promise<Descriptor> {
  const head = await send({ kind: "head-manifest", repository, reference }, { headers: headersFor(reference) }).catch(
    (error) => {
      if (isAbsent(error) || hasCode(error, "UNSUPPORTED")) return undefined;
      throw error;
    },
  );
  const found = head && described(head, reference);
  if (found !== undefined) return found;
  const reading = readManifest(send, repository, reference);
  const descriptor = describe(await reading.catch((error) => expectUnlisted(send, { repository, reference, error })));
  return isDigest(reference) ? { ...descriptor, digest: reference } : descriptor;
}

interface Missed {
  readonly repository: RepositoryName;
  readonly reference: Reference;
  readonly error: unknown;
}

/**
 * Rethrows an absence. Where a 404 came without an error code, as from a router whose registry is down, a tag that is
 * listed is not taken for absent: somebody's push would be overwritten. Throws `UNAVAILABLE` then.
 */
async function expectUnlisted(send: Send, { repository, reference, error }: Missed): Promise<never> {
  if (!isNobodys(error) || isDigest(reference)) throw error;
  const tags = await unlessAbsent(
    allOf((page) => readTags(send, repository, page)),
    [],
  );
  if (!tags.some((tag) => tag === reference)) throw error;
  const message = `a 404 came for the tag "${reference}", which is listed, without a registry's error code`;
  throw new RegistryError("UNAVAILABLE", message, { cause: error, status: 404, next: seeThatItIsUp });
}

function described({ headers }: Response, reference: Reference): Descriptor | undefined {
  const digest = headers["docker-content-digest"] ?? (isDigest(reference) ? reference : undefined);
  const size = Number(headers["content-length"]);
  const mediaType = typeOf(headers);
  if (digest === undefined || mediaType === undefined || !(size > 0)) return undefined;
  return { mediaType, digest: digestFrom(digest), size };
}

/** Reads a manifest, and checks its bytes against the digest that was asked for, or that the registry names. */
export async function readManifest(send: Send, repository: RepositoryName, reference: Reference): Promise<Manifest> {
  const answer = await send(
    { kind: "get-manifest", repository, reference },
    { headers: headersFor(reference), keepBody: true },
  );
  const bytes = await readBody(answer, largestManifest);
  const manifest = { mediaType: typeOf(answer.headers) ?? typeWithin(bytes), bytes };
  const digest = isDigest(reference) ? reference : answer.headers["docker-content-digest"];
  if (digest !== undefined && !isManifestOf(digestFrom(digest), manifest)) {
    throw new RegistryError("ANSWER_INVALID", `the registry sent other bytes than those of ${digest.slice(0, 80)}`);
  }
  return manifest;
}

/**
 * The media type without parameters, since some servers add `; charset=utf-8`; undefined where it names no format of
 * manifests: what answers may then be no registry at all.
 */
function typeOf(headers: Response["headers"]): string | undefined {
  const type = headers["content-type"]?.split(";")[0]?.trim() ?? "";
  return /^(?:|text\/.*|application\/(?:json|octet-stream))$/i.test(type) ? undefined : type;
}

function typeWithin(bytes: Uint8Array): string {
  try {
    return mediaTypeWithin(bytes);
  } catch (cause) {
    throw new RegistryError("ANSWER_INVALID", "the registry sent something that is no manifest", {
      cause,
      next: seeWhatAnswers,
    });
  }
}

function digestFrom(text: string): Digest {
  try {
    return parseDigest(text);
  } catch (cause) {
    throw new RegistryError("ANSWER_INVALID", "the registry sent a digest that is none", { cause });
  }
}
