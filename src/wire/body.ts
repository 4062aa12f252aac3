import { collected } from "../registry/streams.ts";
import { ticks } from "../support/ticks.ts";
import type { Response } from "./transport.ts";

/** Reads a whole body of at most `limit` bytes. Throws `ANSWER_INVALID` past that. */
export function readBody({ body }: Pick<Response, "body">, limit: number): Promise<Uint8Array> {
  return collected(body, limit);
}

/**
 * Frees the connection of an answer whose body is not wanted: up to `limit` bytes are read, for so many milliseconds; a
 * longer body is cut off.
 */
export async function discard(
  { body }: Pick<Response, "body">,
  limit: number = 64 * 1024,
  milliseconds: number = 10_000,
): Promise<void> {
  const until = ticks() + milliseconds;
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > limit || ticks() > until) break;
    }
  } catch {
    // only the status and headers mattered
  }
}

/** A body that streams these chunks; without any, an empty body. */
export async function* bodyOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
