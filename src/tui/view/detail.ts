import type { Inspection } from "../../app/reading/inspect-manifest.ts";
import type { ManifestFacts } from "../../app/reading/manifest-facts.ts";
import { type Descriptor, formatPlatform } from "../../registry/image.ts";
import type { Digest } from "../../registry/names.ts";
import { type Model, type RepositoryModel, tagAtCursor, tagInDetail } from "../model/model.ts";
import type { Area, Cells } from "../screen/cells.ts";
import { bold, dim, red } from "../screen/style.ts";
import { box, hanging, type Line, lines } from "./box.ts";
import { textWidth } from "./layout.ts";
import { counted, moment, percent, shortDigest, shortSize, wrapped } from "./words.ts";

/**
 * Draws the detail: everything about the tag under the cursor, or the manifest of a heading, and the tags that share
 * it.
 */
export function drawDetail(cells: Cells, area: Area, model: Model): void {
  const { repository, look, focus } = model;
  const title = (repository && titleOf(repository)) ?? "Detail";
  const inner = box(cells, area, look, { title: `3 ${title}`, hasFocus: focus === "detail" });
  if (repository !== undefined) lines(cells, inner, detailLines(repository, textWidth(area)), repository.detailTop);
}

function titleOf(repository: RepositoryModel): string | undefined {
  const tag = tagInDetail(repository);
  const digest = tag && repository.book.digests.get(tag);
  return tagAtCursor(repository) ?? (digest && shortDigest(digest));
}

/** The lines of the detail, wrapped to `width` columns. */
export function detailLines(repository: RepositoryModel, width: number): readonly Line[] {
  const { book, detail } = repository;
  const tag = tagInDetail(repository);
  if (tag === undefined) return [];
  const digest = book.digests.get(tag);
  if (digest === undefined) {
    const trouble = detail?.tag === tag ? detail.trouble : undefined;
    if (trouble !== undefined) return wrapped(trouble.says, width).map((text) => ({ text, style: red }));
    return [{ text: book.digests.has(tag) ? "it is listed, and cannot be read" : "…", style: dim }];
  }
  const inspection = detail?.inspection?.digest === digest ? detail.inspection : undefined;
  return [
    ...wrapped(digest, width).map((text) => ({ text })),
    ...factLines(book.facts.get(digest), width),
    blank,
    ...siblingLines(repository, digest, width),
    ...(inspection === undefined ? [] : inspectionLines(inspection, width)),
  ];
}

const blank: Line = { text: "" };

function factLines(facts: ManifestFacts | undefined, width: number): readonly Line[] {
  if (facts === undefined) return [{ text: "…", style: dim }];
  const { kind, mediaType, created, size, platforms } = facts;
  return [
    { text: `kind       ${kind ?? "unknown"}` },
    ...hanging("type       ", shortType(mediaType ?? "unknown"), { width, style: dim }),
    { text: `created    ${created === undefined ? "unknown" : moment(created)}` },
    { text: `size       ${size === undefined ? "unknown" : `${shortSize(size)} (${size} bytes)`}` },
    ...hanging("platforms  ", platforms === undefined ? "unknown" : platforms.join(", ") || "none", { width }),
  ];
}

/** The siblings of the tag, as far as tags were read. */
function siblingLines(repository: RepositoryModel, digest: Digest, width: number): readonly Line[] {
  const { book } = repository;
  const tag = tagAtCursor(repository);
  const sharers = book.sharers.get(digest) ?? [];
  const count = sharers.length - (tag === undefined ? 0 : 1);
  const isComplete = book.digests.size >= book.names.length;
  const share = percent(book.digests.size, book.names.length);
  const least = isComplete ? "" : "at least ";
  const read = isComplete ? "" : `, ${share} of the tags read (S reads all)`;
  const heading =
    count <= 0
      ? `${isComplete ? "no other tag shares" : "no sibling found that shares"} this manifest${read}`
      : `${least}${counted(count, tag === undefined ? "tag" : "sibling")} on this manifest${read}`;
  const siblings = sharers
    .slice(0, mostNamed + 1)
    .filter((other) => other !== tag)
    .sort(); // not in the order in which they were read
  const rest = count - siblings.length;
  const named = `${siblings.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  return [
    ...wrapped(heading, width).map((text) => ({ text, style: bold })),
    ...(named === "" ? [] : wrapped(named, width - 2).map((text) => ({ text, indent: 2 }))),
  ];
}

/** The most siblings that are named; `b` shows all of them. */
const mostNamed = 24;

function inspectionLines({ content, config, referrers, gaps }: Inspection, width: number): readonly Line[] {
  const { layers, manifests, annotations, subject } = content;
  return [
    ...section(counted(manifests.length, "child manifest"), manifests.map(childLine)),
    ...section(counted(layers.length, "layer"), layers.map(layerLine)),
    ...section("labels", pairs(config?.labels ?? {}, width)),
    ...section("annotations", pairs(annotations, width)),
    ...section(counted(referrers?.length ?? 0, "referrer"), (referrers ?? []).map(referrerLine)),
    ...section("refers to", subject === undefined ? [] : [shortDigest(subject.digest)]),
    ...section(
      "what cannot be read",
      gaps.flatMap((gap) => wrapped(gap, width - 2)),
    ),
  ];
}

function section(title: string, content: readonly string[]): readonly Line[] {
  if (content.length === 0) return [];
  return [blank, { text: title, style: bold }, ...content.map((text) => ({ text, indent: 2 }))];
}

function childLine({ platform, digest, size, annotations = {} }: Descriptor): string {
  const isAttestation = annotations["vnd.docker.reference.type"] === "attestation-manifest";
  const named = platform === undefined || platform.os === "" ? "" : formatPlatform(platform);
  return `${(isAttestation ? "attestation" : named).padEnd(14)} ${shortSize(size).padStart(5)} ${shortDigest(digest)}`;
}

function layerLine({ digest, size }: Descriptor): string {
  return `${shortDigest(digest)} ${shortSize(size).padStart(7)}`;
}

function referrerLine({ digest, artifactType, mediaType }: Descriptor): string {
  // the type comes first, since there may be room for only one of the two
  return `${shortType(artifactType ?? mediaType)} ${shortDigest(digest)}`;
}

/** A media type without the `application/` that all have. */
function shortType(mediaType: string): string {
  return mediaType.replace(/^application\//, "");
}

function pairs(values: Readonly<Record<string, string>>, width: number): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => wrapped(`${name} = ${value}`, width - 2));
}
