import * as v from "valibot";
import { digestOf, matches } from "./digest.ts";
import { RegistryError } from "./errors.ts";
import { parseJson } from "./json.ts";
import { type Digest, isDigestText } from "./names.ts";
import { signedPayloadOf } from "./schema1.ts";

/**
 * The media types of manifests and configs that tagwise knows, from the OCI image specification and Docker's image
 * formats.
 */
export const mediaTypes = {
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociArtifact: "application/vnd.oci.artifact.manifest.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  ociEmpty: "application/vnd.oci.empty.v1+json",
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerSchema1: "application/vnd.docker.distribution.manifest.v1+json",
  dockerSchema1Signed: "application/vnd.docker.distribution.manifest.v1+prettyjws",
} as const;

/**
 * What every manifest read accepts: distribution 2 converts a type that is not accepted, and so answers with another
 * digest.
 */
export const manifestMediaTypes: readonly string[] = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.ociArtifact,
  mediaTypes.dockerList,
  mediaTypes.dockerManifest,
  mediaTypes.dockerSchema1Signed,
  mediaTypes.dockerSchema1,
];

/** The largest manifest accepted, in bytes: distribution's own limit. */
export const largestManifest: number = 4 * 1024 * 1024;
/** The largest image config accepted, in bytes. */
export const largestConfig: number = 16 * 1024 * 1024;

/** A manifest as bytes: re-encoding the JSON would change its digest. */
export interface Manifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** The media type, digest and size of some content, as the OCI image specification defines a descriptor. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
}

/**
 * The platform of an image in an index, such as `linux/arm/v7`; `os` and `architecture` are empty where it does not
 * say.
 */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/**
 * An index lists other manifests; an image has an image config; everything else (charts, signatures, SBOMs) is an
 * artifact.
 */
export type ManifestKind = "image" | "index" | "artifact";

/** What a manifest contains, parsed; lists are empty where the manifest has no such field. */
export interface ManifestContent {
  readonly kind: ManifestKind;
  /**
   * 1 for Docker's old schema 1 manifests, which are shown and never pushed again; 0 where the manifest does not say.
   */
  readonly schemaVersion: number;
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  /** Children of an index. */
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The descriptor of a manifest, computed from its bytes (sha256); a signed schema 1 is hashed without its signatures.
 */
export function describe({ mediaType, bytes }: Manifest): Descriptor {
  return {
    mediaType,
    digest: isSchema1(mediaType) ? digestOf(signedPayloadOf(bytes)) : digestOf(bytes),
    size: bytes.length,
  };
}

/** True where the bytes match the digest; a signed schema 1 may match without its signatures too. */
export function isManifestOf(digest: Digest, { mediaType, bytes }: Manifest): boolean {
  return matches(digest, bytes) || (isSchema1(mediaType) && matches(digest, signedPayloadOf(bytes)));
}

/** True for Docker schema 1, signed or not. */
export function isSchema1(mediaType: string): boolean {
  return mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed;
}

/** True for an OCI index or a Docker manifest list. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerList;
}

/** Writes a platform as `os/architecture[/variant]`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined || variant === "" ? [] : [variant])].join("/");
}

/** Reads what a manifest says. Throws `MANIFEST_INVALID` where it is not one. */
export function parseManifest(manifest: Manifest): ManifestContent {
  const parsed = v.safeParse(contentSchema, readJson(manifest.bytes));
  if (!parsed.success) throw new RegistryError("MANIFEST_INVALID", `not a manifest: ${wordsOf(parsed.issues)}`);
  const { config, blobs, layers, fsLayers, manifests, subject, artifactType, annotations, ...rest } = parsed.output;
  const mediaType = rest.mediaType ?? manifest.mediaType;
  return {
    kind: kindOf(mediaType, { config, artifactType, manifests }),
    schemaVersion: rest.schemaVersion,
    layers: layers ?? blobs ?? (fsLayers ?? []).map(({ blobSum }) => layerOf(blobSum)),
    manifests: manifests ?? [],
    annotations: annotations ?? {},
    ...(config && { config }),
    ...(subject && { subject }),
    ...(artifactType !== undefined && { artifactType }),
  };
}

function wordsOf(issues: readonly v.BaseIssue<unknown>[]): string {
  const words = issues.slice(0, 3).map((issue) => [v.getDotPath(issue), issue.message].filter(Boolean).join(": "));
  return words.join("; ");
}

interface KindMarks {
  readonly config: Descriptor | undefined;
  readonly artifactType: string | undefined;
  readonly manifests: readonly Descriptor[] | undefined;
}

function kindOf(mediaType: string, { config, artifactType, manifests }: KindMarks): ManifestKind {
  if (isIndexType(mediaType) || (manifests !== undefined && mediaType !== mediaTypes.ociManifest)) return "index";
  if (mediaType === mediaTypes.ociArtifact || artifactType !== undefined) return "artifact";
  return config === undefined ? kindByType(mediaType) : kindByConfig(config);
}

function kindByConfig({ mediaType }: Descriptor): ManifestKind {
  return isImageConfig(mediaType) ? "image" : "artifact";
}

/** True for the config of an image; that of an artifact has a format of its own. */
export function isImageConfig(mediaType: string): boolean {
  return mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig;
}

/**
 * A known manifest type without a config is an image (schema 1 has none); an unknown type without one is an artifact.
 */
function kindByType(mediaType: string): ManifestKind {
  return manifestMediaTypes.includes(mediaType) ? "image" : "artifact";
}

/** Schema 1 names its layers without their sizes, so each counts as 0 bytes. */
function layerOf(digest: Digest): Descriptor {
  return { mediaType: "application/vnd.docker.container.image.rootfs.diff+x-gtar", digest, size: 0 };
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch (cause) {
    throw new RegistryError("MANIFEST_INVALID", "the manifest is not JSON", { cause });
  }
}

const digestSchema = v.custom<Digest>((value) => typeof value === "string" && isDigestText(value), "not a digest");
const annotationsSchema = v.record(v.string(), v.string());
const platformSchema = v.object({
  os: v.optional(v.string(), ""),
  architecture: v.optional(v.string(), ""),
  variant: v.exactOptional(v.string()),
});
/** Validates a descriptor that comes from outside; a missing media type becomes an empty string. */
export const descriptorSchema: v.GenericSchema<unknown, Descriptor> = v.object({
  mediaType: v.optional(v.string(), ""),
  digest: digestSchema,
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  artifactType: v.exactOptional(v.string()),
  annotations: v.exactOptional(annotationsSchema),
  platform: v.exactOptional(platformSchema),
});
const contentSchema = v.object({
  schemaVersion: v.optional(v.number(), 0),
  mediaType: v.exactOptional(v.string()),
  artifactType: v.exactOptional(v.string()),
  config: v.exactOptional(descriptorSchema),
  layers: v.exactOptional(v.array(descriptorSchema)),
  blobs: v.exactOptional(v.array(descriptorSchema)),
  fsLayers: v.exactOptional(v.array(v.object({ blobSum: digestSchema }))),
  manifests: v.exactOptional(v.array(descriptorSchema)),
  subject: v.exactOptional(descriptorSchema),
  annotations: v.exactOptional(annotationsSchema),
});

/**
 * False for foreign (non-distributable) layers: they are downloaded from their `urls` and need not be in the registry.
 */
export function isDistributed({ mediaType }: Descriptor): boolean {
  return !/\.(?:nondistributable|foreign)\./.test(mediaType);
}
