import { hasCode, isAbsent, RegistryError, unlessAbsent } from "./errors.ts";
import type { RepositoryName, Tag } from "./names.ts";
import type { Page, PageRequest, Registry } from "./registry.ts";

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
    page = await list({ cursor: page.next }).catch(brokenOff);
  }
}

/** What is not there behind a cursor is the rest of a listing; the repository is, for its first page came. */
function brokenOff(cause: unknown): never {
  if (!isAbsent(cause) && !hasCode(cause, "UNSUPPORTED")) throw cause;
  throw new RegistryError("ANSWER_INVALID", "the listing could not be completed: a page that it names is not there", {
    cause,
    next: "try again: something may have been removed while it was listed",
  });
}

/** Collects every page of a listing, each item once, in the registry's order. */
export async function allOf<Item>(list: (page?: PageRequest) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of everyPage(list)) for (const item of page) items.push(item);
  return items;
}

/** Cuts one page out of sorted names; the cursor is the page's last name. `compare` is the order they are sorted in. */
export function pageOf<Name extends string>(
  names: readonly Name[],
  { cursor, after, limit }: PageRequest = {},
  compare: (a: string, b: string) => number = byCodeUnit,
): Page<Name> {
  const behind = cursor ?? after;
  const start = behind === undefined ? 0 : names.findIndex((name) => compare(name, behind) > 0);
  if (start === -1) return { items: [] };
  const items = names.slice(start, limit === undefined ? undefined : start + limit);
  const next = items.at(-1);
  return next !== undefined && start + items.length < names.length ? { items, next } : { items };
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Every tag of a repository; none where the repository is not there. */
export async function everyTag(registry: Pick<Registry, "listTags">, repository: RepositoryName): Promise<Tag[]> {
  return unlessAbsent<Tag[], Tag[]>(
    allOf((page) => registry.listTags(repository, page)),
    [],
  );
}
