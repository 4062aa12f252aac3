/**
 * Runs `work` on each item, `concurrency` at a time (8 by default), and returns the results in the items' order. After
 * the first error no other item is started, and it is thrown when those under way have ended.
 */
export async function pooled<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
  { concurrency = 8 }: { readonly concurrency?: number } = {},
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const failures: unknown[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await work(items[index] as Item, index);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  const workers = concurrency >= 1 ? Math.min(Math.floor(concurrency), items.length) : Math.min(1, items.length);
  await Promise.all(Array.from({ length: workers }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
