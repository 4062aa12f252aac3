import type { TagDocument } from "../../app/reading/tag-document.ts";
import { few } from "../../support/few.ts";
import { formatSize } from "../../support/format-size.ts";
import { formatTable } from "./table.ts";
import { formatAge, short } from "./words.ts";

/** A tag whose `siblings` may be only the first few of `siblingCount`. */
export type ShownTag = TagDocument & { readonly siblingCount?: number };

/** A repository's tags as a table; `?` stands for what could not be read. */
export function formatTags(tags: readonly ShownTag[], { now }: { readonly now: Date }): string {
  const columns = ["TAG", "DIGEST", "KIND", "SIZE", "CREATED", "PLATFORMS", "SIBLINGS"].map((title) => ({
    title,
    align: title === "SIZE" ? ("right" as const) : ("left" as const),
  }));
  return formatTable(
    columns,
    tags.map((tag) => rowOf(tag, now)),
  );
}

function rowOf(
  { tag, digest, kind, size, created, platforms, siblings, siblingCount }: ShownTag,
  now: Date,
): readonly string[] {
  return [
    tag,
    digest === null ? "?" : short(digest),
    kind ?? "?",
    size == null ? "?" : formatSize(size),
    created == null ? "?" : formatAge(created, now),
    platforms == null ? "?" : few(platforms, 3) || "-",
    siblings == null ? "?" : few(siblings, 5, siblingCount) || "-",
  ];
}

/** A table of names and full digests, for `--fast`. */
export function formatFastTags(tags: readonly TagDocument[]): string {
  return formatTable(
    [{ title: "TAG" }, { title: "DIGEST" }],
    tags.map(({ tag, digest }) => [tag, digest ?? "?"]),
  );
}
