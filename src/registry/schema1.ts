import { Buffer } from "node:buffer";

/**
 * The bytes that the digest of a signed schema 1 manifest is made over: the JSON as it was before the signatures
 * were put in, which each signature's protected header describes (Docker's libtrust). Unsigned bytes come back as they are.
 */
export function signedPayloadOf(bytes: Uint8Array): Uint8Array {
  const described = protectedHeaderOf(bytes);
  if (described === undefined) return bytes;
  const tail = Buffer.from(described.formatTail, "base64url");
  return Buffer.concat([bytes.subarray(0, described.formatLength), tail]);
}

function protectedHeaderOf(bytes: Uint8Array): { formatLength: number; formatTail: string } | undefined {
  try {
    const { signatures } = JSON.parse(new TextDecoder().decode(bytes));
    const header = JSON.parse(Buffer.from(signatures[0].protected, "base64url").toString());
    const { formatLength, formatTail } = header;
    return Number.isInteger(formatLength) && typeof formatTail === "string" ? { formatLength, formatTail } : undefined;
  } catch {
    return undefined; // not signed: the whole is the payload
  }
}
