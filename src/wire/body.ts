import { RegistryError } from "../registry/errors.ts";
import type { Response } from "./transport.ts";

/** Reads a whole body of at most `limit` bytes. Throws `ANSWER_INVALID` past that. */
export async function readBody({ body }: Pick<Response, "body">, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new RegistryError("ANSWER_INVALID", `the answer has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
}

/** Frees the connection of an answer nobody reads: a short rest is read, a long one cut off. */
export async function discard({ body }: Pick<Response, "body">, limit: number = 64 * 1024): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > limit) break;
    }
  } catch {
    // the answer's head was all that mattered
  }
}

export async function* bodyOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
