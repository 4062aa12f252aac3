import { createHash, type Hash } from "node:crypto";
import { RegistryError } from "./errors.ts";
import { type Digest, partsOf } from "./names.ts";

/** The sha256 digest of some bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}

/**
 * Starts a hash with the algorithm that a digest names. Throws `DIGEST_INVALID` where that is neither sha256 nor
 * sha512.
 */
export function hashFor(digest: Digest): Hash {
  const { algorithm } = partsOf(digest);
  if (algorithm !== "sha256" && algorithm !== "sha512") {
    throw new RegistryError("DIGEST_INVALID", `digest algorithm "${algorithm}" is not supported`);
  }
  return createHash(algorithm);
}

/**
 * True where the bytes hash to the digest. Throws `DIGEST_INVALID` where its algorithm is neither sha256 nor sha512.
 */
export function matches(digest: Digest, bytes: Uint8Array): boolean {
  return hashFor(digest).update(bytes).digest("hex") === partsOf(digest).encoded;
}

/**
 * Passes a stream on unchanged and throws `ANSWER_INVALID` where the content does not match the digest, before the last
 * of it is passed on. Throws `DIGEST_INVALID` at once, before any stream is read, where the algorithm is neither sha256
 * nor sha512.
 */
export function verifying(digest: Digest): (content: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array> {
  const hash = hashFor(digest);
  return async function* (content) {
    let last: Uint8Array | undefined; // a server that has sent all cannot take it back
    for await (const chunk of content) {
      if (chunk.length === 0) continue;
      if (last !== undefined) yield last;
      hash.update(chunk);
      last = chunk;
    }
    if (hash.digest("hex") !== partsOf(digest).encoded) {
      throw new RegistryError("ANSWER_INVALID", `the content is not that of ${digest}`);
    }
    if (last !== undefined) yield last;
  };
}
