/** What a `Range` header asks for: bytes from `first` on, or the last `suffix` bytes. */
export type RangeRequest = { readonly first: number; readonly last?: number } | { readonly suffix: number };

/**
 * Parses `bytes=0-99`, `bytes=100-` and `bytes=-50`. Undefined where there is no valid range or more than one: then the
 * whole content is sent (RFC 9110, 14.2). A range that ends before it begins is returned: registries in Go answer it
 * with 416.
 */
export function parseRange(header: string | undefined): RangeRequest | undefined {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "") ?? [];
  if (first === "") return last === "" ? undefined : { suffix: Number(last) };
  return { first: Number(first), ...(last !== "" && { last: Number(last) }) };
}

/** Parses the `Content-Range` of an upload's chunk: `0-99`, as the specification writes it, or `bytes 0-99/*`. */
export function parseChunkRange(header: string): { readonly first: number; readonly last: number } | undefined {
  const found = /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\d+|\*))?$/.exec(header.trim());
  return found ? { first: Number(found[1]), last: Number(found[2]) } : undefined;
}
