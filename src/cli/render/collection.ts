import type { CacheCheck } from "../../app/collecting/check-cache.ts";
import type { CollectionDocument } from "../../app/collecting/collection-document.ts";
import { few } from "../../support/few.ts";
import { formatSize } from "../../support/format-size.ts";
import { printable } from "../../support/printable.ts";
import type { Style } from "./style.ts";
import { formatTable } from "./table.ts";
import { short } from "./words.ts";

/** The answer of `gc`; `cache` is there only where a running registry was asked. */
export interface CollectorAnswer extends CollectionDocument {
  readonly cache?: CacheCheck;
}

/** The most lines of each list that are shown. */
const most = 10;

/** What the text of a collection depends on besides its document. */
export interface Told {
  /** The store as the user named it, so that commands in the text can be copied. */
  readonly store: string;
  /** True where files are set aside; false where they are deleted at once. */
  readonly quarantine: boolean;
  /** True where the plan was shown before, so that its lists are not repeated. */
  readonly isShown?: boolean;
  /** Warnings that arose after the plan was shown. */
  readonly sinceShown?: readonly string[];
}

/** A collection in plain words: its plan, or what it did. */
export function formatCollection(collection: CollectorAnswer, style: Style, told: Told): string {
  const { freed, blobs, manifests, layerLinks, tidied, run, dryRun } = collection;
  const tense = run === null ? "will go" : "went";
  const counts = [
    `${blobs.swept.length} blobs`,
    `${manifests.swept.length} manifests`,
    `${layerLinks.swept} layer links`,
    ...(tidied.length > 0 ? [`${tidied.length} put in order`] : []),
  ];
  const isNothing = blobs.swept.length + manifests.swept.length + layerLinks.swept + tidied.length === 0;
  return [
    isNothing
      ? nothingIn(collection, told)
      : `${style.bold(formatSize(freed))} ${tense}: ${counts.join(", ")}, of ${collection.repositories} repositories.`,
    ...(blobs.young > 0 ? [`${blobs.young} blobs that nothing leads to stay: they are younger than the grace.`] : []),
    ...(told.isShown ? [] : listsOf(collection, style)),
    ...(collection.restored.length > 0
      ? [`${collection.restored.length} files came back: they are in use again.`]
      : []),
    ...(told.isShown ? (told.sinceShown ?? []) : collection.warnings).map(
      (warning) => `${style.warn("warning")} ${printable(warning)}`,
    ),
    ...cacheLines(collection, style),
    ...(run === null ? [] : afterwards(run, told)),
    ...(dryRun ? [style.dim("This was a dry run: nothing has been changed.")] : []),
  ].join("\n");
}

function nothingIn({ repositories }: CollectorAnswer, { store }: Told): string {
  if (repositories > 0) return `Nothing to collect in ${repositories} repositories.`;
  return printable(`There is no repository in ${store}: a registry's tree begins there at docker/registry/v2.`);
}

function listsOf(collection: CollectorAnswer, style: Style): readonly string[] {
  return [
    ...reasonLines(collection),
    ...repositoryLines(collection, style),
    ...largestLines(collection),
    ...collection.tidied
      .slice(0, most)
      .map(({ what, repository, name = "", reason }) => printable(`${what} ${repository} ${name}: ${reason}`)),
  ];
}

function reasonLines({ freedBy: { reasons } }: CollectorAnswer): readonly string[] {
  return reasons.map(({ reason, blobs, bytes }) => `  ${formatSize(bytes)} in ${blobs} blobs: ${reason}`);
}

function repositoryLines({ freedBy: { repositories } }: CollectorAnswer, style: Style): readonly string[] {
  if (repositories.length === 0) return [];
  const largest = Math.max(...repositories.slice(0, most).map(({ exclusive, shared }) => exclusive + shared));
  const rows = repositories
    .slice(0, most)
    .map(({ repository, exclusive, shared }) => [
      repository,
      formatSize(exclusive),
      formatSize(shared),
      bar((exclusive + shared) / Math.max(largest, 1)),
    ]);
  const columns = [
    { title: "REPOSITORY" },
    { title: "ITS OWN", align: "right" },
    { title: "SHARED", align: "right" },
    { title: "" },
  ] as const;
  const others = repositories.length - rows.length;
  return ["", formatTable(columns, rows), ...(others > 0 ? [style.dim(`and ${others} more repositories`)] : [])];
}

function largestLines({ freedBy: { largest } }: CollectorAnswer): readonly string[] {
  if (largest.length === 0) return [];
  const rows = largest.map(({ digest, size, repositories }) => [
    short(digest),
    formatSize(size),
    few(repositories, 3) || "no repository",
  ]);
  return ["", formatTable([{ title: "LARGEST" }, { title: "SIZE", align: "right" }, { title: "IN" }], rows), ""];
}

const widest = 24;

/** A bar of up to 24 cells, in eighths. */
function bar(share: number): string {
  const eighths = Math.round(Math.min(Math.max(share, 0), 1) * widest * 8);
  const part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "";
  return "█".repeat(Math.floor(eighths / 8)) + part;
}

function cacheLines({ cache }: CollectorAnswer, style: Style): readonly string[] {
  if (cache === undefined) return [];
  if (cache.stale === false) return [`${style.good("The registry's cache is in order:")} ${printable(cache.says)}`];
  if (cache.stale === null) return [`${style.warn("The registry's cache is not known:")} ${printable(cache.says)}`];
  return [
    `${style.bad("The registry's cache is stale:")} ${printable(cache.says)}`,
    "Until it is restarted, a push of what was swept is answered 201 and not stored. Restart it now, for example:",
    "  docker restart registry",
  ];
}

function afterwards(run: string, { store, quarantine }: Told): readonly string[] {
  if (!quarantine)
    return ["It is deleted. Restart the registry before it takes pushes again: its cache may promise what is gone."];
  return [
    "What was taken lies in quarantine. To put it back:",
    `  tagwise gc restore ${store} ${run}`,
    "To free the bytes, once the registry was restarted:",
    `  tagwise gc purge ${store} ${run}`,
  ];
}
