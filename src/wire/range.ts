/** What a `Range` header asks for: from a first byte on, or the last so many. */
export type RangeRequest = { readonly first: number; readonly last?: number } | { readonly suffix: number };

/**
 * Reads `bytes=0-99`, `bytes=100-`, `bytes=-50`. Undefined for what is none, or several: the whole is then sent (RFC 9110,
 * 14.2). One that ends before it begins is a range all the same: registries in Go refuse it with 416.
 */
export function parseRange(header: string | undefined): RangeRequest | undefined {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "") ?? [];
  if (first === "") return last === "" ? undefined : { suffix: Number(last) };
  return { first: Number(first), ...(last !== "" && { last: Number(last) }) };
}

/** Reads the `Content-Range` of an upload's chunk: `0-99`, as the specification has it, or `bytes 0-99/*`. */
export function parseChunkRange(header: string): { readonly first: number; readonly last: number } | undefined {
  const found = /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\d+|\*))?$/.exec(header.trim());
  return found ? { first: Number(found[1]), last: Number(found[2]) } : undefined;
}
