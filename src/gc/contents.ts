import { isManifestOf, largestManifest, mediaTypes } from "../registry/image.ts";
import { type Digest, isDigestText } from "../registry/names.ts";
import { folded } from "../registry/well-formed.ts";

/** The digests that one manifest refers to, as far as a collector must know them. */
export interface ManifestContents {
  readonly form: "image" | "index" | "artifact" | "schema1";
  /** The media type in the manifest itself; empty where it has none. */
  readonly mediaType: string;
  /** Config and layers, or the children of an index, in their order. */
  readonly references: readonly string[];
  readonly subject?: string;
  /** Of a decoy of tagwise: what its tags pointed at before, which is needed until they are removed or put back. */
  readonly originals?: readonly string[];
}

/** Why a manifest could not be understood; while there is one, nothing may be swept. */
export interface Unreadable {
  readonly unreadable: string;
}

const forms: Readonly<Record<string, ManifestContents["form"]>> = {
  [mediaTypes.ociManifest]: "image",
  [mediaTypes.dockerManifest]: "image",
  [mediaTypes.ociIndex]: "index",
  [mediaTypes.dockerList]: "index",
  [mediaTypes.ociArtifact]: "artifact",
};

const decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // no registry reads a manifest with a byte order mark

/**
 * Parses what a manifest refers to and verifies its digest. Unlike a registry, it rejects everything that it does not
 * know.
 */
export function contentsOf(digest: Digest, bytes: Uint8Array): ManifestContents | Unreadable {
  if (bytes.length > largestManifest) return { unreadable: "it is too large for a manifest" };
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(decoder.decode(bytes));
  } catch {
    return { unreadable: "it is not JSON" };
  }
  if (json === null || typeof json !== "object" || Array.isArray(json))
    return { unreadable: "it is not a JSON object" };
  const stray = strayKey(json);
  if (stray !== undefined) return { unreadable: `its key ${JSON.stringify(stray)} means another to a registry` };
  const contents = formOf(json) === "schema1" ? schema1Of(json) : contentsIn(json);
  const mediaType = "form" in contents && contents.form === "schema1" ? mediaTypes.dockerSchema1Signed : "";
  if ("unreadable" in contents || isManifestOf(digest, { mediaType, bytes })) return contents;
  return { unreadable: `its bytes are not those of ${digest}` };
}

type Json = Readonly<Record<string, unknown>>;

function formOf({ schemaVersion, mediaType, manifests }: Json): ManifestContents["form"] | undefined {
  if (schemaVersion === 1) return "schema1";
  if (schemaVersion !== 2 && mediaType !== mediaTypes.ociArtifact) return undefined;
  if (mediaType === undefined || mediaType === null || mediaType === "") return manifests ? "index" : "image";
  return typeof mediaType === "string" ? forms[mediaType] : undefined;
}

function schema1Of({ fsLayers, mediaType }: Json): ManifestContents | Unreadable {
  const references = listOf(fsLayers, "blobSum");
  if (references === undefined) return { unreadable: "its layers are no list of digests" };
  return { form: "schema1", mediaType: typeof mediaType === "string" ? mediaType : "", references };
}

function contentsIn(json: Json): ManifestContents | Unreadable {
  const form = formOf(json);
  if (form === undefined) {
    const { schemaVersion, mediaType } = json;
    return {
      unreadable: `its kind is unknown (schema version ${String(schemaVersion)}, media type ${String(mediaType)})`,
    };
  }
  const { config, layers, blobs, manifests, subject, mediaType } = json;
  const lists = form === "index" ? [manifests] : form === "artifact" ? [blobs] : [[config ?? {}], layers];
  const references = lists.map((list) => listOf(list, "digest"));
  const about = subject === undefined || subject === null ? [] : listOf([subject], "digest");
  if (about === undefined || references.includes(undefined))
    return { unreadable: "what it leads to is no list of digests" };
  return {
    form,
    mediaType: typeof mediaType === "string" ? mediaType : "",
    references: references.flatMap((list) => list ?? []),
    ...(about[0] !== undefined && { subject: about[0] }),
    ...originalsIn(json),
  };
}

/** The annotation of a decoy that maps its tags to their originals (`src/untag/decoy.ts`). */
const decoyTags = "tagwise.decoy.tags";

function originalsIn({ annotations }: Json): Pick<ManifestContents, "originals"> {
  const text = (annotations as Json | null | undefined)?.[decoyTags];
  if (typeof text !== "string") return {};
  try {
    const originals = Object.values(JSON.parse(text) ?? {});
    return { originals: originals.filter((one) => typeof one === "string" && isDigestText(one)) as string[] };
  } catch {
    return {};
  }
}

const containers = ["config", "layers", "blobs", "manifests", "subject", "fsLayers"];
const leading = [...containers, "schemaVersion", "mediaType", "digest", "blobSum"];
const keys: ReadonlySet<string> = new Set([...leading, "size", "annotations", "artifactType", "platform", "urls"]);
const foldedKeys: ReadonlySet<string> = new Set(leading.map(folded));

/** A key that Go, which ignores case, would read as one of those that refer to something, while we would not. */
function strayKey(json: Json): string | undefined {
  let stray = strayIn(json);
  for (const name of containers) {
    const value = json[name];
    for (const one of Array.isArray(value) ? value : [value]) stray ??= strayIn(one);
  }
  return stray;
}

function strayIn(one: unknown): string | undefined {
  if (typeof one !== "object" || one === null) return undefined;
  return Object.keys(one).find((key) => !keys.has(key) && foldedKeys.has(folded(key)));
}

/**
 * The digests in a list of descriptors, "" where one has none, as a registry reads it; undefined where it is no such
 * list.
 */
function listOf(list: unknown, key: string): readonly string[] | undefined {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return undefined;
  const digests = list.map((entry) => (entry === null || typeof entry !== "object" ? undefined : (entry[key] ?? "")));
  return digests.every((digest) => typeof digest === "string") ? digests : undefined;
}
