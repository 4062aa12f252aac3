import { RegistryError } from "./errors.ts";
import type { ByteRange } from "./registry.ts";

/**
 * Resolves a range against content of `size` bytes; undefined means all of it. Throws `RANGE_INVALID` where it starts
 * outside.
 */
export function within(range: ByteRange | undefined, size: number): Required<ByteRange> {
  const { first, last = size - 1 } = range ?? { first: 0 };
  const isInside = first >= 0 && (range === undefined || (first < size && last >= first));
  if (!isInside) throw new RegistryError("RANGE_INVALID", `bytes ${first}-${last} lie outside of ${size} bytes`);
  return { first, last: Math.min(last, size - 1) };
}
