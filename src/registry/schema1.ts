import { Buffer } from "node:buffer";

/**
 * The bytes that the digest of a signed schema 1 manifest is made over: the JSON as it was before the signatures
 * were put in, which each signature's protected header describes (Docker's libtrust). Bytes that are not signed, or
 * whose header describes another document than theirs, come back as they are.
 */
export function signedPayloadOf(bytes: Uint8Array): Uint8Array {
  try {
    const { signatures, ...document } = JSON.parse(new TextDecoder().decode(bytes));
    const { formatLength, formatTail } = JSON.parse(Buffer.from(signatures[0].protected, "base64url").toString());
    const payload = Buffer.concat([bytes.subarray(0, formatLength), Buffer.from(formatTail, "base64url")]);
    // a header is anybody's word: it must not make the document pass for another one
    return JSON.stringify(JSON.parse(payload.toString())) === JSON.stringify(document) ? payload : bytes;
  } catch {
    return bytes;
  }
}
