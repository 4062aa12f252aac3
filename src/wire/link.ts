/**
 * The target of `Link: <…>; rel="next"` as path and query. Behind a proxy the host in it is often wrong, so it is
 * dropped; a relative target is taken from the path of the request.
 */
export function nextLink(link: string | undefined, requestPath: string): string | undefined {
  for (const [, target, parameters] of (link ?? "").matchAll(/<([^>]*)>((?:\s*;\s*[^,;]+)*)/g)) {
    if (target === undefined || !/;\s*rel\s*=\s*"?next"?/i.test(parameters ?? "")) continue;
    const base = new URL(requestPath, "http://registry.invalid").href;
    if (!URL.canParse(target, base)) return undefined;
    const { pathname, search } = new URL(target, base);
    return pathname + search;
  }
  return undefined;
}

export function formatNextLink(path: string): string {
  return `<${path}>; rel="next"`;
}
