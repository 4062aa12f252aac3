import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { digestOf } from "../../registry/digest.ts";
import { type Descriptor, mediaTypes, type Platform } from "../../registry/image.ts";
import type { RepositoryName } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { putBlob } from "../../registry/uploads.ts";
import { tarball } from "../../support/tarball.ts";

/** What a sample image consists of; the same recipe always gives the same bytes. */
export interface ImageRecipe {
  readonly platform: Platform;
  readonly created: Date;
  /** For each layer its files, by path. */
  readonly layers: readonly Readonly<Record<string, Uint8Array>>[];
  readonly labels?: Readonly<Record<string, string>>;
  /** True for Docker's media types instead of those of the OCI specification. */
  readonly docker?: boolean;
}

/** The repository that samples are pushed to. */
export interface Shelf {
  readonly registry: Registry;
  readonly repository: RepositoryName;
}

/** Uploads an image's layers and config and pushes its manifest by digest. */
export async function pushImage(shelf: Shelf, recipe: ImageRecipe): Promise<Descriptor> {
  const { platform, created, labels = {}, docker = false } = recipe;
  const archives = recipe.layers.map((files) => tarball(files, created));
  const layers = [];
  for (const archive of archives) {
    const mediaType = docker
      ? "application/vnd.docker.image.rootfs.diff.tar.gzip"
      : "application/vnd.oci.image.layer.v1.tar+gzip";
    layers.push({ ...(await upload(shelf, gzipped(archive))), mediaType });
  }
  const config = json({
    created: created.toISOString(),
    ...platform,
    config: { Env: ["PATH=/usr/local/bin:/usr/bin:/bin"], Cmd: ["/bin/app"], Labels: labels },
    rootfs: { type: "layers", diff_ids: archives.map((archive) => digestOf(archive)) },
    history: archives.map(() => ({ created: created.toISOString(), created_by: "COPY . /" })),
  });
  return pushManifest(shelf, {
    schemaVersion: 2,
    mediaType: docker ? mediaTypes.dockerManifest : mediaTypes.ociManifest,
    config: { ...(await upload(shelf, config)), mediaType: docker ? mediaTypes.dockerConfig : mediaTypes.ociConfig },
    layers,
  });
}

/** Encodes a manifest as JSON and pushes it under its digest. */
export async function pushManifest(
  { registry, repository }: Shelf,
  manifest: { readonly mediaType: string; readonly [field: string]: unknown },
): Promise<Descriptor> {
  const bytes = json(manifest);
  return registry.putManifest(repository, digestOf(bytes), { mediaType: manifest.mediaType, bytes });
}

/** Uploads a blob to the shelf's repository. */
export function upload({ registry, repository }: Shelf, bytes: Uint8Array): Promise<Descriptor> {
  return putBlob(registry, repository, bytes);
}

/** Encodes a value as JSON in UTF-8. */
export function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** `size` bytes that do not compress; the same seed always gives the same bytes. */
export function noise(seed: string, size: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(size / 64) }, (_, index) =>
    createHash("sha512").update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}

/**
 * Gzip without compression and without an operating system in its header, so that every machine makes the same bytes.
 */
function gzipped(bytes: Uint8Array): Uint8Array {
  const archive = gzipSync(bytes, { level: 0 });
  archive[9] = 255;
  return archive;
}
