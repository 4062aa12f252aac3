import picomatch from "picomatch";
import type { RepositoryName, Tag } from "../registry/names.ts";
import { everyName, type RegistryAddress, spokenRepositories } from "../registry/reference.ts";
import { UsageError } from "./errors.ts";

/**
 * Finds the glob that protects a tag: each is matched against `tag`, `repository:tag` and `host/repository:tag`, for
 * each name of the registry and of the repository. Throws a usage error.
 */
export function protection(
  globs: readonly string[],
  registry: RegistryAddress,
): (repository: RepositoryName, tag: Tag) => string | undefined {
  const matchers = globs.map((glob) => ({ glob, matches: matcherOf(glob) }));
  const hosts = everyName(registry);
  return (repository, tag) => {
    const long = spokenRepositories(registry, repository).map((name) => `${name}:${tag}`);
    const names = [tag, ...long, ...hosts.flatMap((host) => long.map((name) => `${host}/${name}`))];
    return matchers.find(({ matches }) => names.some((name) => matches(name)))?.glob;
  };
}

/** Without a scheme, and with the host in lower case, as names are matched: a glob is often a copied reference. */
function plain(glob: string): string {
  return glob.replace(/^(!?)(?:https?:\/\/)?([^/]+\/)/i, (_, not: string, host: string) => not + host.toLowerCase());
}

/**
 * With a private character for each `**` that is no whole segment, as in `**:latest`: picomatch takes it for `*`, which
 * protects less.
 */
function marked(glob: string): string {
  const segments = glob.split("/");
  return segments.map((one) => (one === "**" ? one : one.replace(/(?<!\\)\*{2,}/g, "\ue000"))).join("/");
}

/** Compiles a glob. Throws a usage error for one that would silently protect nothing. */
function matcherOf(glob: string): (name: string) => boolean {
  if (namesRepository(glob)) {
    const next = `write ${JSON.stringify(`${glob}:*`)} for all its tags`;
    throw new UsageError(`--protect ${JSON.stringify(glob)} names a repository, and no tag of it`, { next });
  }
  try {
    const { source } = picomatch.makeRe(marked(plain(glob)), { dot: true, strictBrackets: true });
    const pattern = new RegExp(source.replace(/\\?\ue000/g, ".*"));
    return (name) => pattern.test(name);
  } catch (cause) {
    const next = "write \\[ for the character itself";
    throw new UsageError(`--protect ${JSON.stringify(glob)} has a bracket without its other half`, { cause, next });
  }
}

/** True for `team/app`, which is no name of a tag. */
function namesRepository(glob: string): boolean {
  const slash = glob.lastIndexOf("/");
  return slash >= 0 && !glob.startsWith("!") && !/[:*?[(]/.test(glob.slice(slash));
}
