import { createHash, type Hash } from "node:crypto";
import { RegistryError } from "./errors.ts";
import { type Digest, partsOf } from "./names.ts";

/** The sha256 digest of some bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}

/** A running hash in the algorithm of a digest. Throws `DIGEST_INVALID` where that is not sha256 or sha512. */
export function hashFor(digest: Digest): Hash {
  const { algorithm } = partsOf(digest);
  if (algorithm !== "sha256" && algorithm !== "sha512") {
    throw new RegistryError("DIGEST_INVALID", `digest algorithm "${algorithm}" is not supported`);
  }
  return createHash(algorithm);
}

export function matches(digest: Digest, bytes: Uint8Array): boolean {
  return hashFor(digest).update(bytes).digest("hex") === partsOf(digest).encoded;
}

/**
 * Passes one stream on and throws `ANSWER_INVALID` at its end where it was not what the digest says. Throws
 * `DIGEST_INVALID` at once, before there is a stream, where the algorithm is not known.
 */
export function verifying(digest: Digest): (content: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array> {
  const hash = hashFor(digest);
  return async function* (content) {
    for await (const chunk of content) {
      hash.update(chunk);
      yield chunk;
    }
    if (hash.digest("hex") !== partsOf(digest).encoded) {
      throw new RegistryError("ANSWER_INVALID", `the content is not that of ${digest}`);
    }
  };
}
