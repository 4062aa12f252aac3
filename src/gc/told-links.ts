import { hash } from "node:crypto";
import type { Digest, RepositoryName } from "../registry/names.ts";
import type { ListedLink } from "./listing.ts";
import type { FoundLink } from "./read-links.ts";

/** Finds the contents of links from the MD5 sums in a bucket's listing, so that they need not be read. */
export interface ToldLinks {
  /** Takes a link; false where its content cannot be told, so that it must be read. */
  take(link: ListedLink): boolean;
  /**
   * To be called after the last link: those whose content is known, and those that were taken and must still be read.
   */
  settle(): { readonly told: readonly FoundLink<ListedLink>[]; readonly untold: readonly ListedLink[] };
}

/**
 * Compares sums instead of reading links. A revision's or layer's link should hold the digest in its own path, and a
 * tag's link that of one of its repository's revisions: where the MD5 of that digest equals the link's sum, the link
 * holds it.
 */
export function toldLinks(): ToldLinks {
  const told: FoundLink<ListedLink>[] = [];
  const tags: TagLink[] = [];
  const revisions = new Map<RepositoryName, Map<string, Digest>>();

  function takeRevision(repository: RepositoryName, sum: string, digest: Digest): void {
    const known = revisions.get(repository);
    if (known === undefined) revisions.set(repository, new Map([[sum, digest]]));
    else known.set(sum, digest);
  }
  return {
    take(link) {
      if (link.md5 === undefined) return false;
      if (link.about === "tag") {
        tags.push(link);
        return true;
      }
      const sum = md5Of(link.digest);
      if (sum === undefined) return false;
      if (link.about === "revision") takeRevision(link.repository, sum, link.digest);
      if (sum !== link.md5) return false;
      told.push({ link, reading: { digest: link.digest } });
      return true;
    },
    settle() {
      const untold: ListedLink[] = [];
      for (const link of tags) {
        const digest = revisions.get(link.repository)?.get(link.md5 ?? "");
        if (digest === undefined) untold.push(link);
        else told.push({ link, reading: { digest } });
      }
      return { told, untold };
    },
  };
}

type TagLink = Extract<ListedLink, { readonly about: "tag" }>;

/** The MD5 of a text; undefined where the machine forbids MD5 (FIPS), so that all links are read. */
function md5Of(text: string): string | undefined {
  try {
    return hash("md5", text);
  } catch {
    return undefined;
  }
}
