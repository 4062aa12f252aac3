import { type Descriptor, formatPlatform, type ManifestContent, type ManifestKind } from "../../registry/image.ts";
import type { Digest } from "../../registry/names.ts";
import type { ImageConfig } from "./image-config.ts";

/** What is known about a manifest with its children and config; a field is undefined where it could not be read. */
export interface ManifestFacts {
  readonly mediaType: string | undefined;
  readonly kind: ManifestKind | undefined;
  /** In bytes: config and layers, each as often as it is named, or for an index all distinct blobs below it. */
  readonly size: number | undefined;
  /** RFC 3339; for an index, the time of its newest child. */
  readonly created: string | undefined;
  readonly platforms: readonly string[] | undefined;
  /** What could not be read, in sentences. */
  readonly gaps: readonly string[];
}

/** A blob's digest and size in bytes, so that an index counts a shared blob once. */
export interface Sized {
  readonly digest: Digest;
  readonly size: number;
}

/**
 * The facts of a manifest and its blobs, which an index above it needs; `blobs` is undefined where some are not known.
 */
export interface Part extends ManifestFacts {
  readonly blobs: readonly Sized[] | undefined;
}

/** A manifest's content with the media type that it was served as. */
export type TypedContent = ManifestContent & { readonly mediaType: string };

/** The facts of a manifest that could not be read. */
export const unknownPart: Part = {
  mediaType: undefined,
  kind: undefined,
  size: undefined,
  created: undefined,
  platforms: undefined,
  gaps: [],
  blobs: undefined,
};

/** The facts of an image or an artifact; `config` is undefined where it could not be read or describes no image. */
export function factsOfImage(
  { kind, mediaType, schemaVersion }: TypedContent,
  {
    blobs,
    config,
    gaps,
  }: { readonly blobs: readonly Sized[]; readonly config: ImageConfig | undefined; readonly gaps: readonly string[] },
): Part {
  const isSized = schemaVersion !== 1; // schema 1 does not give the size of its layers
  return {
    kind,
    mediaType,
    size: isSized ? sum(blobs) : undefined,
    created: config?.created,
    platforms: platformsOfImage(kind, config),
    gaps,
    blobs: isSized ? blobs : undefined,
  };
}

function platformsOfImage(kind: ManifestKind, config: ImageConfig | undefined): readonly string[] | undefined {
  if (kind === "artifact") return [];
  return config?.platform === undefined ? undefined : [config.platform];
}

/** A child of an index: the descriptor in the index, and the facts of the child itself. */
export interface Child {
  readonly descriptor: Descriptor;
  readonly part: Part;
}

/** The facts of an index; its size and time are undefined where one child could not be read. */
export function factsOfIndex({ mediaType }: TypedContent, children: readonly Child[]): Part {
  const parts = children.map(({ part }) => part);
  const isSized = parts.every(({ blobs }) => blobs !== undefined);
  const blobs = isSized ? parts.flatMap((part) => part.blobs ?? []) : undefined;
  const gaps = parts.flatMap((part) => part.gaps);
  return {
    kind: "index",
    mediaType,
    size: blobs && sum(eachOnce(blobs)),
    created: gaps.length === 0 ? newest(parts.map(({ created }) => created)) : undefined,
    platforms: platformsOfIndex(children),
    gaps,
    blobs,
  };
}

function eachOnce(blobs: readonly Sized[]): readonly Sized[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

function sum(blobs: readonly Sized[]): number | undefined {
  let total = 0;
  for (const { size } of blobs) total += size;
  return Number.isSafeInteger(total) ? total : undefined;
}

/** The latest of the known times; attestations have none. */
function newest(times: readonly (string | undefined)[]): string | undefined {
  let latest: string | undefined;
  for (const time of times) {
    if (time !== undefined && (latest === undefined || Date.parse(time) > Date.parse(latest))) latest = time;
  }
  return latest;
}

function platformsOfIndex(children: readonly Child[]): readonly string[] | undefined {
  const found = children.map(({ descriptor: { platform }, part }) => {
    const isSaid = platform !== undefined && platform.os !== "" && platform.architecture !== "";
    return isSaid ? [formatPlatform(platform)] : part.platforms;
  });
  if (found.includes(undefined)) return undefined;
  const distinct = new Set(found.flatMap((platforms) => platforms ?? []));
  distinct.delete("unknown/unknown"); // the platform of attestations
  return [...distinct];
}
