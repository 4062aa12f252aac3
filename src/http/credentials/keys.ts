/** Docker Hub's one account has had many names. */
const hubHosts: readonly string[] = ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"];
/** Where docker keeps the account of Docker Hub. */
const hubKey = "https://index.docker.io/v1/";

/** The name under which docker keeps the credentials of a registry, in its files and for its helpers. */
export function dockerKey(host: string): string {
  return hubHosts.includes(host) ? hubKey : host;
}

/** The names of a server: as its URL has it, then with the port that its scheme implies, for some wrote that down. */
export function namesOf({ host, port, protocol }: Pick<URL, "host" | "port" | "protocol">): readonly string[] {
  return port === "" ? [host, `${host}:${protocol === "https:" ? 443 : 80}`] : [host];
}

/** A key as people and tools write it, without scheme and API version: `https://host/v1/` is `host`. */
export function plainKey(key: string): string {
  return key
    .replace(/^https?:\/\//, "")
    .replace(/\/+$/, "")
    .replace(/\/v[12]$/, "")
    .toLowerCase();
}

/** The keys that fit `host/name/space/image`, the longest first. */
export function keysFor(target: string): readonly string[] {
  const [host = "", ...components] = target.split("/");
  const hosts = hubHosts.includes(host) ? hubHosts : [host];
  const prefixes = components.map((_, index) => `/${components.slice(0, components.length - index).join("/")}`);
  return [...prefixes, ""].flatMap((prefix) => hosts.map((name) => name + prefix));
}

export function hostOf(target: string): string {
  return target.split("/", 1)[0] ?? "";
}
