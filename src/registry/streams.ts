import { RegistryError } from "./errors.ts";

/** Reads a whole stream into memory. Throws `ANSWER_INVALID` where it has more than `limit` bytes. */
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
