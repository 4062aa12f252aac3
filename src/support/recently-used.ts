/** An LRU cache: it keeps the most recently used values whose weights add up to at most a bound. */
export interface RecentlyUsed<Key, Value> {
  get(key: Key): Value | undefined;
  /** Keeps a value; its weight is 1 by default. */
  set(key: Key, value: Value, weight?: number): void;
}

/** Makes an empty cache for values with a total weight of at most `bound`. */
export function recentlyUsed<Key, Value>(bound: number): RecentlyUsed<Key, Value> {
  const kept = new Map<Key, { readonly value: Value; readonly weight: number }>(); // oldest use first
  let total = 0;
  function forget(key: Key): void {
    total -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  }
  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    },
    set(key, value, weight = 1) {
      forget(key);
      kept.set(key, { value, weight });
      total += weight;
      for (const oldest of kept.keys()) {
        if (total <= bound) return;
        forget(oldest);
      }
    },
  };
}
