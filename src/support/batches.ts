/** Cuts items into batches of `size`, at least 1, in their order; the last one may be smaller. */
export function* batches<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
