import { RegistryError } from "./errors.ts";
import type { Page, PageRequest } from "./registry.ts";

/** No registry known keeps more names than this in one listing. */
const mostItems = 5_000_000;

/** Walks every page of a listing, each item once. Throws `ANSWER_INVALID` where the listing cannot end: never a short list. */
export async function* everyPage<Item>(
  list: (page?: PageRequest) => Promise<Page<Item>>,
): AsyncGenerator<readonly Item[]> {
  const seen = new Set<Item>();
  const cursors = new Set<string>();
  for (let page = await list(); ; ) {
    const fresh = page.items.filter((item) => !seen.has(item) && seen.add(item));
    if (fresh.length > 0) yield fresh;
    if (page.next === undefined) return;
    if (cursors.has(page.next)) throw new RegistryError("ANSWER_INVALID", "the listing goes round in a circle");
    if (fresh.length === 0 && cursors.size > 100) throw new RegistryError("ANSWER_INVALID", "the listing does not end");
    if (seen.size > mostItems) throw new RegistryError("ANSWER_INVALID", `the listing has over ${mostItems} names`);
    cursors.add(page.next);
    page = await list({ cursor: page.next });
  }
}

/** Collects every page of a listing, each item once, in the registry's order. */
export async function allOf<Item>(list: (page?: PageRequest) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of everyPage(list)) for (const item of page) items.push(item);
  return items;
}
