import { type Descriptor, formatPlatform, isSchema1 } from "../../registry/image.ts";
import type { Reference } from "../../registry/names.ts";
import type { Inspection } from "./inspect-manifest.ts";

/**
 * One manifest as JSON for scripts: a field is null where it could not be read, and absent where the kind of manifest
 * has none.
 */
export interface InspectionDocument {
  readonly repository: string;
  readonly reference: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly kind: string;
  readonly size: number | null;
  readonly annotations: Readonly<Record<string, string>>;
  /** Only the digest for an artifact. */
  readonly config?: {
    readonly digest: string;
    readonly created?: string | null;
    readonly platform?: string | null;
    readonly labels?: Readonly<Record<string, string>> | null;
  };
  readonly layers?: readonly { readonly digest: string; readonly size: number | null; readonly mediaType: string }[];
  readonly manifests?: readonly {
    readonly digest: string;
    readonly size: number;
    readonly mediaType: string;
    readonly platform: string | null;
  }[];
  readonly subject?: string;
  readonly siblings: readonly string[] | null;
  readonly referrers:
    | readonly { readonly digest: string; readonly artifactType: string | null; readonly size: number }[]
    | null;
}

interface Named {
  /** With the host in front. */
  readonly repository: string;
  readonly reference: Reference;
}

/** Turns an inspection into its document. */
export function inspectionDocument({ repository, reference }: Named, inspection: Inspection): InspectionDocument {
  const { digest, content, facts, siblings, referrers } = inspection;
  const { kind, mediaType, annotations, subject } = content;
  return {
    repository,
    reference,
    digest,
    mediaType,
    kind,
    size: facts.size ?? null,
    annotations,
    ...(content.config && { config: configOf(content.config, inspection) }),
    ...(kind === "index" ? { manifests: content.manifests.map(childOf) } : { layers: layersOf(inspection) }),
    ...(subject && { subject: subject.digest }),
    siblings: siblings ?? null,
    referrers:
      referrers?.map(({ digest, artifactType, size }) => ({ digest, artifactType: artifactType ?? null, size })) ??
      null,
  };
}

function configOf({ digest }: Descriptor, { config, content }: Inspection): NonNullable<InspectionDocument["config"]> {
  if (content.kind !== "image") return { digest };
  const { created = null, platform = null, labels = null } = config ?? {};
  return { digest, created, platform, labels };
}

function layersOf({ content }: Inspection): NonNullable<InspectionDocument["layers"]> {
  const isSized = !isSchema1(content.mediaType);
  return content.layers.map(({ digest, size, mediaType }) => ({ digest, size: isSized ? size : null, mediaType }));
}

function childOf({
  digest,
  size,
  mediaType,
  platform,
}: Descriptor): NonNullable<InspectionDocument["manifests"]>[number] {
  const isSaid = platform !== undefined && platform.os !== "" && platform.architecture !== "";
  return { digest, size, mediaType, platform: isSaid ? formatPlatform(platform) : null };
}
