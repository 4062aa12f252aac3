/**
 * True for an absolute URL. Anything else is a path on the registry, `//host/path` too, so that a link leads to no
 * other host.
 */
export function isWhole(path: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(path);
}

/**
 * Resolves a `Location` against the request's address `from`; each is a path and query or an absolute URL. Undefined
 * where it is invalid.
 */
export function placeBehind(location: string, from: string): string | undefined {
  const isPath = !isWhole(from);
  if (isWhole(location) || (isPath && location.startsWith("/"))) return location;
  const base = isPath ? `http://registry.invalid${from}` : from;
  if (!URL.canParse(location, base)) return undefined;
  const { href, pathname, search } = new URL(location, base);
  return isPath ? pathname + search : href;
}

/**
 * True where a place is on the registry itself, also by http: behind a proxy that ends TLS, registries name themselves
 * so.
 */
export function isSameServer(place: URL, origin: URL): boolean {
  if (place.origin === origin.origin) return true;
  if (place.protocol !== "http:" || origin.protocol !== "https:") return false;
  return place.hostname === origin.hostname && (place.port === "" || place.port === origin.port);
}
