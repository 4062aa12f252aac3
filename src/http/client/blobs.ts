import { verifying } from "../../registry/digest.ts";
import { RegistryError } from "../../registry/errors.ts";
import type { Digest, RepositoryName } from "../../registry/names.ts";
import type { Blob, ByteRange } from "../../registry/registry.ts";
import { discard } from "../../wire/body.ts";
import type { Send } from "./send.ts";

interface Named {
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

/** Reads a blob's size in bytes by HEAD. Throws `BLOB_UNKNOWN`, and `ANSWER_INVALID` without a Content-Length. */
export async function statBlob(send: Send, named: Named): Promise<number> {
  const { headers } = await send({ kind: "head-blob", ...named });
  const size = sizeIn(headers["content-length"]);
  if (size === undefined) throw new RegistryError("ANSWER_INVALID", "the registry did not say how large the blob is");
  return size;
}

/**
 * Opens a blob for reading; a whole blob is verified against its digest, a range cannot be. Throws `BLOB_UNKNOWN`,
 * `ANSWER_INVALID`.
 */
export async function getBlob(send: Send, named: Named, range?: ByteRange): Promise<Blob> {
  if (range !== undefined) return getPart(send, named, range);
  const verified = verifying(named.digest); // throws before the request where the digest's algorithm is not known
  const { headers, body } = await send({ kind: "get-blob", ...named }, { keepBody: true });
  return { size: sizeIn(headers["content-length"]), content: verified(body) };
}

async function getPart(send: Send, named: Named, { first, last }: ByteRange): Promise<Blob> {
  const headers = { range: `bytes=${first}-${last ?? ""}` };
  const answer = await send({ kind: "get-blob", ...named }, { headers, keepBody: true });
  const [part, whole] = /^bytes \d+-\d+\/(\d+|\*)$/.exec(answer.headers["content-range"] ?? "") ?? [];
  if (part !== undefined) return { size: sizeIn(whole), content: answer.body };
  await discard(answer);
  throw new RegistryError("ANSWER_INVALID", "the registry did not send the part of the blob that was asked for");
}

function sizeIn(text = ""): number | undefined {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}
