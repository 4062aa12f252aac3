import { hubHosts } from "../../registry/hosts.ts";
import { spokenNames } from "../../registry/reference.ts";

/** All host names of Docker Hub, which share one account. */
const accountHosts: readonly string[] = [...hubHosts, "registry.hub.docker.com"];
/** The key under which docker keeps the account of Docker Hub. */
const hubKey = "https://index.docker.io/v1/";

/** The key under which docker keeps a registry's credentials, in its files and for its helpers. */
export function dockerKey(host: string): string {
  return accountHosts.includes(host) ? hubKey : host;
}

/**
 * The names under which a server's credentials may be kept: as in its URL, then with the port that the scheme implies.
 */
export function namesOf(origin: URL): readonly string[] {
  return spokenNames({ host: origin.host, origin });
}

/** Strips scheme and API version from a key as people and tools write it: `https://host/v1/` is `host`. */
export function plainKey(key: string): string {
  return key
    .replace(/^https?:\/\//, "")
    .replace(/\/+$/, "")
    .replace(/\/v[12]$/, "")
    .toLowerCase();
}

/** The keys that match `host/name/space/image`, the longest first, as containers-auth.json(5) has it. */
export function keysFor(target: string): readonly string[] {
  const [host = "", ...components] = target.split("/");
  const hosts = accountHosts.includes(host) ? accountHosts : [host];
  const prefixes = components.map((_, index) => `/${components.slice(0, components.length - index).join("/")}`);
  return [...prefixes, ""].flatMap((prefix) => hosts.map((name) => name + prefix));
}

/** The host, with its port if it has one, of `host/repository`. */
export function hostOf(target: string): string {
  return target.split("/", 1)[0] ?? "";
}
