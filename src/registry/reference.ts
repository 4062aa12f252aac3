import { RegistryError } from "./errors.ts";
import { dockerHub, hubHosts, isLoopback, namesHost, portOf } from "./hosts.ts";
import {
  type Digest,
  isRepositoryName,
  parseDigest,
  parseRepositoryName,
  parseTag,
  type RepositoryName,
  type Tag,
} from "./names.ts";

/** A registry as people name it, and where its protocol is spoken. */
export interface RegistryAddress {
  /**
   * Host in lower case and port, unless the scheme implies it, as shown and as the key of credentials: `docker.io`,
   * `127.0.0.1:5000`.
   */
  readonly host: string;
  /** Where requests go: `https://registry-1.docker.io/` for `docker.io`. */
  readonly origin: URL;
}

/** A parsed `HOST/REPOSITORY[:TAG][@DIGEST]`; `tag` and `digest` are there only where they were written. */
export interface ImageReference {
  readonly registry: RegistryAddress;
  readonly repository: RepositoryName;
  readonly tag?: Tag;
  readonly digest?: Digest;
}

/** How a reference without a scheme is read. */
export interface ReferenceOptions {
  /**
   * The scheme to use; without it, http for loopback hosts and https for all others. A scheme in the reference wins.
   */
  readonly scheme?: "http" | "https";
}

/**
 * Parses `HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]`; `alpine` means `docker.io/library/alpine`. Throws `NAME_INVALID`,
 * which says what is wrong.
 */
export function parseImageReference(text: string, options: ReferenceOptions = {}): ImageReference {
  const { scheme, rest } = schemeOf(text);
  const slash = rest.indexOf("/");
  const first = slash < 0 ? "" : rest.slice(0, slash);
  const hasHost = scheme !== undefined || namesHost(first);
  if (slash < 0 && (scheme !== undefined || /^$|^(?:localhost|\d+(?:\.\d+){3}|\[.*\])(?::\d+)?$/.test(rest))) {
    throw invalid(text, "the repository is missing");
  }
  const host = hasHost ? first : dockerHub;
  const path = hasHost ? rest.slice(slash + 1) : rest;
  const registry = addressOf(host, text, scheme ?? options.scheme);
  return { registry, ...parsePath(registry.host === dockerHub ? withLibrary(path) : path, text) };
}

/**
 * Parses `HOST[:PORT][/PREFIX]`, as `ls` and `recover` take it; `prefix` is empty where none is given. Throws
 * `NAME_INVALID`.
 */
export function parseRegistryPrefix(
  text: string,
  options: ReferenceOptions = {},
): { registry: RegistryAddress; prefix: string } {
  const { scheme, rest } = schemeOf(text);
  const [host = "", ...components] = rest.split("/");
  const prefix = components.join("/").replace(/\/+$/, "");
  if (prefix !== "" && !isRepositoryName(prefix))
    throw invalid(text, `"${prefix}" is not the beginning of a repository name`);
  return { registry: addressOf(host, text, scheme ?? options.scheme), prefix };
}

/** Writes a reference in full: `host/repository:tag@digest`. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry.host}/${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** The names by which people may mean a registry: as it is shown, and with the port that its scheme implies. */
export function spokenNames({ host, origin }: RegistryAddress): readonly string[] {
  return origin.port === "" ? [host, `${host}:${portOf(origin)}`] : [host];
}

/** As `spokenNames`, with all names of Docker Hub and of this machine: for rules, and never for credentials. */
export function everyName({ host, origin }: RegistryAddress): readonly string[] {
  const others = isLoopback(origin.hostname) ? ["localhost", "127.0.0.1", "[::1]"] : [];
  const hosts =
    host === dockerHub ? hubHosts : [...others.map((name) => name + (origin.port && `:${origin.port}`)), host];
  return [...new Set(hosts.flatMap((name) => spokenNames({ host: name, origin })))];
}

/** The names by which people may mean a repository: on Docker Hub `alpine` is `library/alpine`. */
export function spokenRepositories({ host }: RegistryAddress, repository: RepositoryName): readonly string[] {
  const isOfficial = host === dockerHub && repository.startsWith("library/");
  return isOfficial ? [repository, repository.slice("library/".length)] : [repository];
}

function schemeOf(text: string): { scheme: "http" | "https" | undefined; rest: string } {
  const found = /^(https?):\/\//.exec(text);
  return { scheme: found?.[1] as "http" | "https" | undefined, rest: text.slice(found?.[0].length ?? 0) };
}

function parsePath(path: string, text: string): Omit<ImageReference, "registry"> {
  const [named = "", digest, ...more] = path.split("@");
  if (more.length > 0) throw invalid(text, "it has two digests");
  const colon = named.lastIndexOf(":");
  const [name, tag] = colon < 0 ? [named] : [named.slice(0, colon), named.slice(colon + 1)];
  if (name === "") throw invalid(text, "the repository is missing");
  return {
    repository: part(text, () => parseRepositoryName(name)),
    ...(tag !== undefined && { tag: part(text, () => parseTag(tag)) }),
    ...(digest !== undefined && { digest: part(text, () => parseDigest(digest)) }),
  };
}

function addressOf(host: string, text: string, scheme: "http" | "https" | undefined): RegistryAddress {
  const server = host.toLowerCase();
  if (
    !/^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(server) ||
    !URL.canParse(`https://${server}/`)
  ) {
    // the part before an @ may be a password
    throw invalid(text, `"${host.replace(/^.*@/, "…@").slice(0, 80)}" is not a host`);
  }
  const { hostname } = new URL(`https://${server}/`);
  const origin = new URL(`${scheme ?? (isLoopback(hostname) ? "http" : "https")}://${server}/`);
  const name = server.replace(/:\d+$/, "") + (origin.port && `:${origin.port}`);
  if (!hubHosts.includes(name)) return { host: name, origin };
  return { host: dockerHub, origin: new URL(`${origin.protocol}//registry-1.docker.io/`) };
}

function withLibrary(path: string): string {
  return path.includes("/") ? path : `library/${path}`;
}

function part<Value>(text: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (cause) {
    throw invalid(text, cause instanceof Error ? cause.message : String(cause));
  }
}

function invalid(text: string, why: string): RegistryError {
  const next = "write HOST[:PORT]/REPOSITORY[:TAG][@DIGEST], for example 127.0.0.1:5000/team/app:v1";
  // never repeats a user name and password that were written before the host
  const shown = JSON.stringify(text.replace(/^(https?:\/\/)?[^/]*@(?=[^/]*\/)/, "$1…@").slice(0, 200));
  return new RegistryError("NAME_INVALID", `cannot read the reference ${shown}: ${why}`, {
    next,
  });
}
