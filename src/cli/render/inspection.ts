import type { InspectionDocument } from "../../app/reading/inspection-document.ts";
import { few } from "../../support/few.ts";
import { formatSize } from "../../support/format-size.ts";
import { printable } from "../../support/printable.ts";
import type { Style } from "./style.ts";
import { formatTable } from "./table.ts";
import { formatAge } from "./words.ts";

/** One manifest in plain words; `?` stands for what could not be read. */
export function formatInspection(document: InspectionDocument, style: Style, { now }: { readonly now: Date }): string {
  const { repository, reference, digest } = document;
  const separator = reference.includes(":") ? "@" : ":";
  const sections = [layersOf(document), childrenOf(document), referrersOf(document)].filter(
    (section) => section !== "",
  );
  return [
    style.bold(printable(`${repository}${separator}${reference}`)),
    fields([["digest", digest], ...aboutOf(document, now)]),
    ...sections.map((section) => `\n${section}`),
  ].join("\n");
}

type Field = readonly [string, string];

function aboutOf(
  { mediaType, kind, size, config, subject, siblings, annotations }: InspectionDocument,
  now: Date,
): readonly Field[] {
  return [
    ["type", mediaType],
    ["kind", kind],
    ["size", size === null ? "?" : formatSize(size)],
    ...(config === undefined ? [] : configOf(config, now)),
    ...(subject === undefined ? [] : [["subject", subject] as const]),
    ["siblings", siblings === null ? "?" : few(siblings, 10) || "none: no other tag stands on this manifest"],
    ...pairsOf("labels", config?.labels),
    ...pairsOf("annotations", annotations),
  ];
}

/** One line for each pair; only the first has the title. */
function pairsOf(title: string, pairs: Readonly<Record<string, string>> | null = {}): readonly Field[] {
  if (pairs === null) return [[title, "?"]];
  return Object.entries(pairs).map(([name, value], index) => [index === 0 ? title : "", `${name}=${value}`]);
}

function configOf(
  { digest, created, platform }: NonNullable<InspectionDocument["config"]>,
  now: Date,
): readonly Field[] {
  return [
    ["config", digest],
    ...(created === undefined
      ? []
      : [["created", created === null ? "?" : `${created} (${formatAge(created, now)})`] as const]),
    ...(platform === undefined ? [] : [["platform", platform ?? "?"] as const]),
  ];
}

function fields(pairs: readonly Field[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`).join("\n");
}

function layersOf({ layers = [] }: InspectionDocument): string {
  if (layers.length === 0) return "";
  const columns = [{ title: "LAYER" }, { title: "SIZE", align: "right" } as const, { title: "TYPE" }];
  return formatTable(
    columns,
    layers.map(({ digest, size, mediaType }) => [digest, size === null ? "?" : formatSize(size), mediaType]),
  );
}

function childrenOf({ manifests = [] }: InspectionDocument): string {
  if (manifests.length === 0) return "";
  const columns = [{ title: "MANIFEST" }, { title: "PLATFORM" }, { title: "TYPE" }];
  return formatTable(
    columns,
    manifests.map(({ digest, platform, mediaType }) => [digest, platform ?? "?", mediaType]),
  );
}

function referrersOf({ referrers }: InspectionDocument): string {
  if (referrers === null) return "referrers  ?";
  if (referrers.length === 0) return "";
  const columns = [{ title: "REFERRER" }, { title: "SIZE", align: "right" } as const, { title: "TYPE" }];
  return formatTable(
    columns,
    referrers.map(({ digest, artifactType, size }) => [digest, formatSize(size), artifactType ?? "?"]),
  );
}
