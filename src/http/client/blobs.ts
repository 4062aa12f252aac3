import { verifying } from "../../registry/digest.ts";
import { RegistryError } from "../../registry/errors.ts";
import type { Digest, RepositoryName } from "../../registry/names.ts";
import type { Blob, ByteRange } from "../../registry/registry.ts";
import { discard } from "../../wire/body.ts";
import type { Response } from "../../wire/transport.ts";
import type { Send } from "./send.ts";

interface Named {
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

/**
 * Reads a blob's size in bytes by HEAD, or by asking for one byte of it. Throws `BLOB_UNKNOWN`, and `ANSWER_INVALID`
 * where neither answer tells.
 */
export async function statBlob(send: Send, named: Named): Promise<number> {
  const { headers } = await send({ kind: "head-blob", ...named });
  const size = sizeIn(headers["content-length"]) ?? (await sizeBesideByte(send, named));
  if (size === undefined) throw new RegistryError("ANSWER_INVALID", "the registry did not say how large the blob is");
  return size;
}

/** The size that comes with the first byte, or with the whole. Some proxies take the length out of a HEAD's answer. */
async function sizeBesideByte(send: Send, named: Named): Promise<number | undefined> {
  const answer = await send({ kind: "get-blob", ...named }, { headers: { range: "bytes=0-0" }, keepBody: true });
  await discard(answer);
  return answer.status === 206 ? sizeOfWhole(answer) : sizeIn(answer.headers["content-length"]);
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
  if (isPart(answer)) return { size: sizeOfWhole(answer), content: answer.body };
  await discard(answer);
  throw new RegistryError("ANSWER_INVALID", "the registry did not send the part of the blob that was asked for");
}

const contentRange = /^bytes \d+-\d+\/(\d+|\*)$/;

function isPart({ headers }: Response): boolean {
  return contentRange.test(headers["content-range"] ?? "");
}

/** The size of the whole that an answer is a part of. */
function sizeOfWhole({ headers }: Response): number | undefined {
  return sizeIn(contentRange.exec(headers["content-range"] ?? "")?.[1]);
}

function sizeIn(text = ""): number | undefined {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}
