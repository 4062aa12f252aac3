interface Known {
  readonly length: number;
  /** Undefined where the names came in order. */
  readonly places: Int32Array | undefined;
}

const known = new WeakMap<readonly string[], Known>();

/**
 * The places of names by name; undefined where they came so. Most registries sort their listings, distribution on a
 * disk gives the order of the directory.
 */
export function nameOrder(names: readonly string[]): Int32Array | undefined {
  const before = known.get(names);
  if (before?.length === names.length) return before.places;
  const places = isOrdered(names, before) ? undefined : sorted(names);
  known.set(names, { length: names.length, places });
  return places;
}

/** Looks only at what was added since it was in order. */
function isOrdered(names: readonly string[], before: Known | undefined): boolean {
  if (before?.places !== undefined) return false;
  for (let at = Math.max(1, before?.length ?? 0); at < names.length; at++)
    if ((names[at - 1] as string) > (names[at] as string)) return false;
  return true;
}

function sorted(names: readonly string[]): Int32Array {
  const places = Int32Array.from({ length: names.length }, (_, place) => place);
  return places.sort((a, b) => {
    const [first, second] = [names[a] as string, names[b] as string];
    return first < second ? -1 : Number(first > second);
  });
}
