import picomatch from "picomatch";
import type { RepositoryName, Tag } from "../registry/names.ts";

/** A glob is matched against the tag, against `repository:tag`, and against that with the host in front. */
export function protection(
  globs: readonly string[],
  host: string,
): (repository: RepositoryName, tag: Tag) => string | undefined {
  const matchers = globs.map((glob) => ({ glob, matches: picomatch(glob, { dot: true }) }));
  return (repository, tag) => {
    const names = [tag, `${repository}:${tag}`, `${host}/${repository}:${tag}`];
    return matchers.find(({ matches }) => names.some((name) => matches(name)))?.glob;
  };
}
