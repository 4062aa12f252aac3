import { hash } from "node:crypto";
import type { Digest, RepositoryName } from "../registry/names.ts";
import type { ListedLink } from "./listing.ts";
import type { FoundLink } from "./read-links.ts";

/** Links of which the listing tells by their sums what they hold: they need not be read. */
export interface ToldLinks {
  /** False where this one must be read. */
  take(link: ListedLink): boolean;
  /** After the last: those that were taken, and those of them that must be read all the same. */
  settle(): { readonly told: readonly FoundLink<ListedLink>[]; readonly untold: readonly ListedLink[] };
}

/**
 * Reads sums instead of links. A revision's or a layer's link should hold the digest of its own path, and a tag's that
 * of one of its repository's revisions: where the sum of such a digest is the link's, the link holds it.
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

/** Undefined where the machine's rules forbid MD5: all links are read there. */
function md5Of(text: string): string | undefined {
  try {
    return hash("md5", text);
  } catch {
    return undefined;
  }
}
