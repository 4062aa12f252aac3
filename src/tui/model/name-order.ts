interface Known {
  readonly length: number;
  /** Undefined where the names are in order already. */
  readonly places: Int32Array | undefined;
}

const known = new WeakMap<readonly string[], Known>();

/**
 * The places of names in the order by name; undefined where they are in that order already, as most registries list
 * them. distribution on a disk lists them in the order of the directory.
 */
export function nameOrder(names: readonly string[]): Int32Array | undefined {
  const before = known.get(names);
  if (before?.length === names.length) return before.places;
  const places = isOrdered(names, before) ? undefined : sorted(names);
  known.set(names, { length: names.length, places });
  return places;
}

/** True where names are in order; checks only those that were added since the last time. */
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
