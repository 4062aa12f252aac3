import { createHash, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { ask, type RegistryServer } from "./registry-server.ts";

/** A manifest as its bytes, and what they are. */
export interface Made {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly digest: string;
}

/** An image with everything that must be uploaded for it. */
export interface MadeImage extends Made {
  readonly blobs: readonly Uint8Array[];
  readonly children: readonly MadeImage[];
}

interface ImageOptions {
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly created?: string;
  /** What it is about, as a signature is about an image. */
  readonly subject?: Made;
}

/** An image that no other has the digest of. */
export function newImage({
  platform = { os: "linux", architecture: "amd64" },
  annotations,
  labels,
  created = "2026-01-01T00:00:00Z",
  subject,
}: ImageOptions = {}): MadeImage {
  const content = randomBytes(64);
  const layer = gzipSync(content);
  const rootfs = { type: "layers", diff_ids: [digestOf(content)] };
  const config = encoded({ ...platform, config: labels === undefined ? {} : { Labels: labels }, rootfs, created });
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptorOf("application/vnd.oci.image.config.v1+json", config),
    layers: [descriptorOf("application/vnd.oci.image.layer.v1.tar+gzip", layer)],
    ...(annotations && { annotations }),
    ...(subject && { subject: descriptor(subject) }),
  };
  return { ...made(manifest), blobs: [config, layer], children: [] };
}

/** An index of two platforms and an attestation, as BuildKit writes it. */
export function newIndex(): MadeImage {
  const platforms = ["amd64", "arm64"].map((architecture) => ({ os: "linux", architecture }));
  const images = platforms.map((platform) => newImage({ platform }));
  const attestation = newImage({ platform: { os: "unknown", architecture: "unknown" } });
  const entries = images.map((image, place) => ({ ...descriptor(image), platform: platforms[place] }));
  const annotations = {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": images[0]?.digest,
  };
  const attested = { ...descriptor(attestation), platform: { os: "unknown", architecture: "unknown" }, annotations };
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [...entries, attested],
  };
  return { ...made(index), blobs: [], children: [...images, attestation] };
}

/** The same image with another digest: its blobs are already there, so pushing it takes one request. */
export function variantOf(image: MadeImage, name: string): MadeImage {
  const manifest = JSON.parse(new TextDecoder().decode(image.bytes));
  return { ...image, ...made({ ...manifest, annotations: { name } }) };
}

/** Pushes an image under some tags by plain HTTP: children by digest first. */
export async function push(
  server: RegistryServer,
  repository: string,
  image: MadeImage,
  tags: readonly string[] = [],
): Promise<void> {
  for (const child of image.children) await push(server, repository, child);
  for (const blob of image.blobs) await pushBlob(server, repository, blob);
  for (const reference of tags.length === 0 ? [image.digest] : tags)
    await putManifest(server, repository, reference, image);
}

/** PUTs one manifest. Throws where it is refused. */
export async function putManifest(
  server: RegistryServer,
  repository: string,
  reference: string,
  { mediaType, bytes }: Made,
): Promise<void> {
  const path = `/v2/${repository}/manifests/${reference}`;
  const answer = await ask(server, "PUT", path, { headers: { "content-type": mediaType }, body: bytes });
  if (answer.status !== 201) throw new Error(`PUT ${path}: ${answer.status} ${answer.body.toString()}`);
}

/** Uploads one blob. Throws where it is refused. */
export async function pushBlob(server: RegistryServer, repository: string, blob: Uint8Array): Promise<void> {
  const opened = await ask(server, "POST", `/v2/${repository}/blobs/uploads/`);
  const location = new URL(opened.headers.location ?? "", server.origin);
  location.searchParams.set("digest", digestOf(blob));
  const headers = { "content-type": "application/octet-stream" };
  const answer = await ask(server, "PUT", location.pathname + location.search, { headers, body: blob });
  if (answer.status !== 201) throw new Error(`PUT of a blob: ${answer.status} ${answer.body.toString()}`);
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function made(manifest: { readonly mediaType: string }): Made {
  const bytes = encoded(manifest);
  return { mediaType: manifest.mediaType, bytes, digest: digestOf(bytes) };
}

function descriptor({ mediaType, bytes }: Made): object {
  return descriptorOf(mediaType, bytes);
}

function descriptorOf(mediaType: string, bytes: Uint8Array): object {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

function encoded(json: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json));
}
