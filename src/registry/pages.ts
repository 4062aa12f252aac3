import { hasCode, isAbsent, RegistryError, unlessAbsent } from "./errors.ts";
import type { RepositoryName, Tag } from "./names.ts";
import type { Page, PageRequest, Registry } from "./registry.ts";

/** A listing with more names than this is taken for one that never ends. */
const mostItems = 5_000_000;

/**
 * Reads every page of a listing and yields each item once. Throws `ANSWER_INVALID` where it cannot be completed: a
 * listing is never cut short.
 */
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

/**
 * A 404 or 405 for a later page means an incomplete listing and not a missing repository, since the first page was
 * there.
 */
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

/** Cuts one page out of names sorted by `compare`; the cursor of the next page is this page's last name. */
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

/** Every tag of a repository; an empty list where the repository does not exist. */
export async function everyTag(registry: Pick<Registry, "listTags">, repository: RepositoryName): Promise<Tag[]> {
  return unlessAbsent<Tag[], Tag[]>(
    allOf((page) => registry.listTags(repository, page)),
    [],
  );
}
