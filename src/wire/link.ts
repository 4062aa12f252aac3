import { RegistryError } from "../registry/errors.ts";

/**
 * The target of `Link: <…>; rel="next"`, or of a sole link without `rel`, as path and query; undefined on the last page.
 * The host is dropped, since behind a proxy it is often wrong; a relative target is resolved against the request's path.
 * Throws `ANSWER_INVALID` where the header mentions a next page and its target cannot be read, since the listing would
 * seem to end there.
 */
export function nextLink(link: string | undefined, requestPath: string): string | undefined {
  const { links, isReadable } = linksIn(link ?? "");
  const [sole, ...others] = links;
  const isNext = sole?.relations === undefined && others.length === 0; // to what else would a listing link?
  const next = isNext ? sole : links.find(({ relations }) => relations?.includes("next"));
  const path = next && pathOf(next.target, `${nowhere}${requestPath}`);
  if (path !== undefined) return path;
  if (next === undefined && (isReadable || !/next/i.test(link ?? ""))) return undefined;
  throw new RegistryError(
    "ANSWER_INVALID",
    "the listing could not be completed: its link to the next page cannot be read",
  );
}

/** Writes the `Link` header that points to the next page, as the distribution specification has it. */
export function formatNextLink(path: string): string {
  return `<${path}>; rel="next"`;
}

const nowhere = "http://registry.invalid";

interface Link {
  readonly target: string;
  /** In lower case; undefined without `rel`. */
  readonly relations: readonly string[] | undefined;
}

const target = /[\s,]*(?:<([^>]*)>|([^\s<>;"]+))/y; // some servers leave the brackets out
const parameter = /\s*;\s*([^\s=;,"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/y;

/** Parses a `Link` header (RFC 8288, 3) leniently; `isReadable` is false where a part of it could not be parsed. */
function linksIn(header: string): { readonly links: readonly Link[]; readonly isReadable: boolean } {
  const links: Link[] = [];
  let at = 0;
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    at += found?.[0].length ?? 0;
    return found;
  };
  for (let place = read(target); place !== null; place = read(target)) {
    let relations: readonly string[] | undefined; // the first `rel` counts
    for (let found = read(parameter); found !== null; found = read(parameter)) {
      const [, name = "", quoted, plain = ""] = found;
      if (name.toLowerCase() === "rel") relations ??= (quoted ?? plain).toLowerCase().trim().split(/\s+/);
    }
    links.push({ target: place[1] ?? place[2] ?? "", relations });
  }
  return { links, isReadable: !/[^\s,;]/.test(header.slice(at)) };
}

function pathOf(place: string, base: string): string | undefined {
  const local = place.trim().replace(/^(?:[a-z][a-z\d+.-]*:)?\/\/[^/?#]*/i, "");
  const whole = local.startsWith("/") ? `${nowhere}${local}` : local;
  if (local === "" || !URL.canParse(whole, base)) return undefined;
  const { pathname, search } = new URL(whole, base);
  return pathname.startsWith("/") ? pathname + search : undefined;
}
