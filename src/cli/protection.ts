import picomatch from "picomatch";
import type { RepositoryName, Tag } from "../registry/names.ts";
import { type RegistryAddress, spokenNames } from "../registry/reference.ts";
import { UsageError } from "./errors.ts";

/**
 * Finds the glob that protects a tag: each is matched against `tag`, `repository:tag` and `host/repository:tag`, for
 * each name of the registry. Throws a usage error.
 */
export function protection(
  globs: readonly string[],
  registry: RegistryAddress,
): (repository: RepositoryName, tag: Tag) => string | undefined {
  const matchers = globs.map((glob) => ({ glob, matches: matcherOf(glob) }));
  const hosts = spokenNames(registry);
  return (repository, tag) => {
    const names = [tag, `${repository}:${tag}`, ...hosts.map((host) => `${host}/${repository}:${tag}`)];
    return matchers.find(({ matches }) => names.some((name) => matches(name)))?.glob;
  };
}

/** Compiles a glob. Throws a usage error for an unclosed bracket, which would silently protect nothing. */
function matcherOf(glob: string): picomatch.Matcher {
  try {
    return picomatch(glob, { dot: true, strictBrackets: true });
  } catch (cause) {
    const next = "write \\[ for the character itself";
    throw new UsageError(`--protect ${JSON.stringify(glob)} has a bracket without its other half`, { cause, next });
  }
}
