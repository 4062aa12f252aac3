/** True for a whole URL. What is none is a path on the registry, `//host/path` too: a page's link is not to lead elsewhere. */
export function isWhole(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(path);
}

/** Where a `Location` leads that answers a request to `from`: both are a path and query, or a whole URL. Undefined for none. */
export function placeBehind(location: string, from: string): string | undefined {
  const isPath = !isWhole(from);
  if (isWhole(location) || (isPath && location.startsWith("/"))) return location;
  const base = isPath ? `http://registry.invalid${from}` : from;
  if (!URL.canParse(location, base)) return undefined;
  const { href, pathname, search } = new URL(location, base);
  return isPath ? pathname + search : href;
}

/** A proxy that ends TLS often makes a registry name itself with http: the place is the registry all the same. */
export function isSameServer(place: URL, origin: URL): boolean {
  if (place.origin === origin.origin) return true;
  if (place.protocol !== "http:" || origin.protocol !== "https:") return false;
  return place.hostname === origin.hostname && (place.port === "" || place.port === origin.port);
}
