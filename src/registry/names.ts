import { RegistryError } from "./errors.ts";

declare const brand: unique symbol;
interface Brand<Name extends string> {
  readonly [brand]: Name;
}

export type RepositoryName = string & Brand<"RepositoryName">;
export type Tag = string & Brand<"Tag">;
export type Digest = string & Brand<"Digest">;
/** What names a manifest within a repository. */
export type Reference = Tag | Digest;

const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestPattern = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const encodedPattern: Readonly<Record<string, RegExp>> = { sha256: /^[a-f0-9]{64}$/, sha512: /^[a-f0-9]{128}$/ };

/** Throws `NAME_INVALID`. */
export function parseRepositoryName(text: string): RepositoryName {
  if (!isRepositoryName(text)) throw new RegistryError("NAME_INVALID", `invalid repository name ${quoted(text)}`);
  return text;
}

/** Throws `TAG_INVALID`. */
export function parseTag(text: string): Tag {
  if (!isTag(text)) throw new RegistryError("TAG_INVALID", `invalid tag ${quoted(text)}`);
  return text;
}

/** Throws `DIGEST_INVALID`. */
export function parseDigest(text: string): Digest {
  if (!isDigestText(text)) throw new RegistryError("DIGEST_INVALID", `invalid digest ${quoted(text)}`);
  return text;
}

/** A text with a colon must be a digest; any other, a tag. */
export function parseReference(text: string): Reference {
  return text.includes(":") ? parseDigest(text) : parseTag(text);
}

export function isRepositoryName(text: string): text is RepositoryName {
  return text.length <= 255 && repositoryPattern.test(text);
}

export function isTag(text: string): text is Tag {
  return tagPattern.test(text);
}

export function isDigestText(text: string): text is Digest {
  if (text.length === 71 && text.startsWith("sha256:") && isHexadecimal(text, 7)) return true; // nearly every digest is one
  if (text.length > 512 || !digestPattern.test(text)) return false;
  const { algorithm, encoded } = partsOf(text);
  return encodedPattern[algorithm]?.test(encoded) ?? true;
}

/** Digit by digit, in lower case: for a million digests that takes a quarter of the time of a pattern. */
export function isHexadecimal(text: string, start = 0): boolean {
  for (let place = start; place < text.length; place++) {
    const code = text.charCodeAt(place);
    const isDigit = (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
    if (!isDigit) return false;
  }
  return true;
}

export function isDigest(reference: Reference): reference is Digest {
  return reference.includes(":");
}

/** `sha256:abc` is `{ algorithm: "sha256", encoded: "abc" }`. */
export function partsOf(digest: string): { readonly algorithm: string; readonly encoded: string } {
  const colon = digest.indexOf(":");
  return { algorithm: digest.slice(0, colon), encoded: digest.slice(colon + 1) };
}

/** The tag under which registries without a referrers API keep the index of a manifest's referrers. */
export function referrersTag(digest: Digest): Tag {
  const { algorithm, encoded } = partsOf(digest);
  return parseTag(`${algorithm.slice(0, 32)}-${encoded.slice(0, 64)}`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
