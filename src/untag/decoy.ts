import * as v from "valibot";
import { largestManifest, type Manifest, mediaTypes, parseManifest } from "../registry/image.ts";
import { type Digest, isDigestText, isTag, type Tag } from "../registry/names.ts";
import type { Clock } from "../support/clock.ts";
import { instant } from "../support/instant.ts";
import type { TagRemoval } from "./strategy.ts";

/** The annotations of a decoy, by which it can be recognised and undone without a journal. */
export interface DecoyLabel {
  readonly operation: string;
  /** 128 random bits in hex: two decoys never share a digest. */
  readonly nonce: string;
  /** Where it was made; see `hostMark`. */
  readonly host: string;
  readonly at: Date;
  /** Each tag that is pointed at the decoy, and the digest that it pointed to before. */
  readonly originals: ReadonlyMap<Tag, Digest>;
}

/** Who makes a decoy, and where its nonce comes from. */
interface Origin {
  readonly operation: string;
  readonly host: string;
  readonly clock: Pick<Clock, "now">;
  readonly random: (bytes: number) => Uint8Array;
}

/** Makes the label of a new decoy; its nonce makes the decoy's digest unique. */
export function labelled({ operation, host, clock, random }: Origin, originals: DecoyLabel["originals"]): DecoyLabel {
  return { operation, host, nonce: Buffer.from(random(16)).toString("hex"), at: clock.now(), originals };
}

/** A decoy and the tags that point at it. */
export interface OnDecoy {
  readonly decoy: Manifest;
  readonly digest: Digest;
  readonly removals: readonly TagRemoval[];
}

/**
 * The manifest types of a decoy in the order they are tried where a registry refuses one; only the images need the blob
 * `{}`.
 */
export const decoyForms = ["oci-index", "oci-image", "docker-image"] as const;
/** One of `decoyForms`. */
export type DecoyForm = (typeof decoyForms)[number];

/** The empty config `{}` of the OCI image specification, which a decoy in image form refers to. */
export const emptyBlob: Uint8Array = new TextEncoder().encode("{}");
/** The sha256 digest of `emptyBlob`. */
export const emptyDigest: Digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" as Digest;

const prefix = "tagwise.decoy";

/** Makes the unique manifest that a chunk of tags is pointed at, and that is then deleted together with them. */
export function makeDecoy(label: DecoyLabel, form: DecoyForm = "oci-index"): Manifest {
  const annotations = {
    [`${prefix}.about`]: "tagwise is removing these tags; if this is still here later, run: tagwise recover",
    [`${prefix}.operation`]: label.operation,
    [`${prefix}.nonce`]: label.nonce,
    [`${prefix}.host`]: label.host,
    [`${prefix}.at`]: label.at.toISOString(),
    [`${prefix}.tags`]: JSON.stringify(Object.fromEntries(label.originals)),
  };
  const content = { ...shapes[form], annotations };
  return { mediaType: content.mediaType, bytes: new TextEncoder().encode(JSON.stringify(content)) };
}

const shapes = {
  "oci-index": { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] },
  "oci-image": {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: emptyConfig(mediaTypes.ociConfig),
    layers: [],
  },
  "docker-image": {
    schemaVersion: 2,
    mediaType: mediaTypes.dockerManifest,
    config: emptyConfig(mediaTypes.dockerConfig),
    layers: [],
  },
} as const satisfies Record<DecoyForm, object>;

function emptyConfig(mediaType: string): object {
  return { mediaType, digest: emptyDigest, size: emptyBlob.length };
}

const labelSchema = v.object({
  operation: v.string(),
  nonce: v.string(),
  host: v.string(),
  at: instant,
  // not v.record, which drops the key "constructor", a valid tag
  tags: v.pipe(
    v.string(),
    v.parseJson(),
    v.custom<object>((value) => typeof value === "object" && value !== null),
  ),
});

/** Reads the label of a decoy that tagwise made; undefined where the manifest is anything else. */
export function readDecoy(manifest: Manifest): DecoyLabel | undefined {
  const annotations = Object.entries(annotationsOf(manifest));
  const ours = annotations
    .filter(([name]) => name.startsWith(`${prefix}.`))
    .map(([name, value]) => [name.slice(prefix.length + 1), value]);
  const parsed = v.safeParse(labelSchema, Object.fromEntries(ours));
  if (!parsed.success) return undefined;
  const { operation, nonce, host, at, tags } = parsed.output;
  const originals = Object.entries(tags).filter(
    (entry): entry is [Tag, Digest] => isTag(entry[0]) && typeof entry[1] === "string" && isDigestText(entry[1]),
  );
  return { operation, nonce, host, at, originals: new Map(originals) };
}

/** True where a manifest of this type and size (in bytes) can be a decoy, so that a scan reads only those. */
export function mayBeDecoy({ mediaType, size }: { readonly mediaType: string; readonly size: number }): boolean {
  return size < largestManifest && Object.values(shapes).some((shape) => shape.mediaType === mediaType);
}

function annotationsOf(manifest: Manifest): Readonly<Record<string, string>> {
  try {
    const { annotations, layers, manifests } = parseManifest(manifest);
    return layers.length + manifests.length === 0 ? annotations : {}; // a decoy has no content
  } catch {
    return {};
  }
}
