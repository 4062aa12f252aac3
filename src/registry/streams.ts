import { RegistryError } from "./errors.ts";

/** Reads a stream to its end, of at most `limit` bytes. Throws `ANSWER_INVALID` past that. */
export async function collected(content: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > limit) throw new RegistryError("ANSWER_INVALID", `the answer has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
}
