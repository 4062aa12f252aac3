import { RegistryError } from "./errors.ts";

declare const brand: unique symbol;
interface Brand<Name extends string> {
  readonly [brand]: Name;
}

/** A valid repository name, at most 255 characters; only `parseRepositoryName` and `isRepositoryName` make one. */
export type RepositoryName = string & Brand<"RepositoryName">;
/** A valid tag, at most 128 characters; only `parseTag` and `isTag` make one. */
export type Tag = string & Brand<"Tag">;
/**
 * A valid digest such as `sha256:<64 hex digits>`; sha256 and sha512 are checked for their length, other algorithms for
 * their form.
 */
export type Digest = string & Brand<"Digest">;
/** A tag or a digest: either one names a manifest within a repository. */
export type Reference = Tag | Digest;

const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestPattern = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const encodedPattern: Readonly<Record<string, RegExp>> = { sha256: /^[a-f0-9]{64}$/, sha512: /^[a-f0-9]{128}$/ };

/** Checks a repository name against the grammar of the distribution specification. Throws `NAME_INVALID`. */
export function parseRepositoryName(text: string): RepositoryName {
  if (!isRepositoryName(text)) throw new RegistryError("NAME_INVALID", `invalid repository name ${quoted(text)}`);
  return text;
}

/** Checks a tag against the grammar of the distribution specification. Throws `TAG_INVALID`. */
export function parseTag(text: string): Tag {
  if (!isTag(text)) throw new RegistryError("TAG_INVALID", `invalid tag ${quoted(text)}`);
  return text;
}

/** Checks a digest against the grammar of the OCI image specification. Throws `DIGEST_INVALID`. */
export function parseDigest(text: string): Digest {
  if (!isDigestText(text)) throw new RegistryError("DIGEST_INVALID", `invalid digest ${quoted(text)}`);
  return text;
}

/** Parses a text with a colon as a digest and any other as a tag. Throws `DIGEST_INVALID`, `TAG_INVALID`. */
export function parseReference(text: string): Reference {
  return text.includes(":") ? parseDigest(text) : parseTag(text);
}

/** True for a text that `parseRepositoryName` accepts; the host is no part of it. */
export function isRepositoryName(text: string): text is RepositoryName {
  return text.length <= 255 && repositoryPattern.test(text);
}

/** True for a text that `parseTag` accepts. */
export function isTag(text: string): text is Tag {
  return tagPattern.test(text);
}

/** True for a text that `parseDigest` accepts, at most 512 characters. */
export function isDigestText(text: string): text is Digest {
  if (text.length === 71 && text.startsWith("sha256:") && isHexadecimal(text, 7)) return true; // the usual case
  if (text.length > 512 || !digestPattern.test(text)) return false;
  const { algorithm, encoded } = partsOf(text);
  return encodedPattern[algorithm]?.test(encoded) ?? true;
}

/**
 * True where the text from `start` on is lower-case hexadecimal; for a million digests this takes a quarter of a
 * pattern's time.
 */
export function isHexadecimal(text: string, start = 0): boolean {
  for (let place = start; place < text.length; place++) {
    const code = text.charCodeAt(place);
    const isDigit = (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
    if (!isDigit) return false;
  }
  return true;
}

/** Tells a digest from a tag by its colon, which no tag can have. */
export function isDigest(reference: Reference): reference is Digest {
  return reference.includes(":");
}

/** Splits a digest at its colon: `sha256:abc` is `{ algorithm: "sha256", encoded: "abc" }`. */
export function partsOf(digest: string): { readonly algorithm: string; readonly encoded: string } {
  const colon = digest.indexOf(":");
  return { algorithm: digest.slice(0, colon), encoded: digest.slice(colon + 1) };
}

/**
 * The specification's fallback tag, under which clients keep the referrers' index on a registry without a referrers
 * API.
 */
export function referrersTag(digest: Digest): Tag {
  const { algorithm, encoded } = partsOf(digest);
  return parseTag(`${algorithm.slice(0, 32)}-${encoded.slice(0, 64)}`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
