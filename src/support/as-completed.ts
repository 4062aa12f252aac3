/** What waits, the last first; what is added later is taken too, also where nothing was left before. */
export function lastInFirstOut<Item>(waiting: Item[]): Iterable<Item> {
  const next = (): IteratorResult<Item> =>
    waiting.length === 0 ? { done: true, value: undefined } : { done: false, value: waiting.pop() as Item };
  return { [Symbol.iterator]: () => ({ next }) };
}

/** How many items are worked on, and what stops it. */
export interface CompletionOptions {
  readonly concurrency: number;
  /** Keeps further items from starting; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` on each item, `concurrency` at a time, and yields each result as soon as it is there. The first error is
 * thrown. Where the caller stops early, work under way goes on and its results are dropped.
 */
export async function* asCompleted<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  { concurrency, signal }: CompletionOptions,
): AsyncGenerator<Result> {
  const waiting = items[Symbol.iterator]();
  const ended: (() => Result)[] = []; // in the order they ended; taking an error throws it
  let running = 0;
  let wake = () => {};
  const finish = (take: () => Result): void => {
    running--;
    ended.push(take);
    wake();
  };
  const stop = () => wake();
  signal?.addEventListener("abort", stop);
  try {
    for (;;) {
      signal?.throwIfAborted();
      for (const take of ended.splice(0)) yield take();
      for (let next = fill(); next !== undefined; next = fill()) start(next.item);
      if (ended.length > 0) continue;
      if (running === 0) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal?.removeEventListener("abort", stop);
  }

  function fill(): { readonly item: Item } | undefined {
    if (running >= concurrency) return undefined;
    const next = waiting.next();
    return next.done ? undefined : { item: next.value };
  }

  function start(item: Item): void {
    running++;
    work(item).then(
      (result) => finish(() => result),
      (error) =>
        finish(() => {
          throw error;
        }),
    );
  }
}
