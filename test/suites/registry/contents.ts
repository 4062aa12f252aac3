import { digestOf } from "../../../src/registry/digest.ts";
import { type Descriptor, type Manifest, mediaTypes } from "../../../src/registry/image.ts";
import {
  type Digest,
  parseRepositoryName,
  parseTag,
  type RepositoryName,
  type Tag,
} from "../../../src/registry/names.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { putBlob } from "../../../src/registry/uploads.ts";

export const app: RepositoryName = parseRepositoryName("team/app");
export const other: RepositoryName = parseRepositoryName("team/other");
export const first: Tag = parseTag("1");
export const second: Tag = parseTag("1.2");
export const third: Tag = parseTag("1-rc");
export const unknown: Digest = digestOf(bytesOf("a digest that nothing has"));

/** A manifest and the descriptor that points to it. */
export interface Made extends Manifest {
  readonly descriptor: Descriptor;
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function made(mediaType: string, json: object): Made {
  // as no encoder would write it, so that whoever encodes it anew changes its digest
  const bytes = bytesOf(`${JSON.stringify(json, null, 3)}\n`);
  return { mediaType, bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}

/** Makes an image, its blobs uploaded and its manifest not. */
export async function image(
  registry: Registry,
  seed: string,
  { repository = app, type = mediaTypes.ociManifest, more = {} }: ImageOptions = {},
): Promise<Made> {
  const config = await putBlob(registry, repository, bytesOf(JSON.stringify({ os: "linux", architecture: seed })));
  const layer = await putBlob(registry, repository, bytesOf(`layer of ${seed}`));
  const isDocker = type === mediaTypes.dockerManifest;
  return made(type, {
    schemaVersion: 2,
    mediaType: type,
    config: { ...config, mediaType: isDocker ? mediaTypes.dockerConfig : mediaTypes.ociConfig },
    layers: [{ ...layer, mediaType: "application/vnd.oci.image.layer.v1.tar" }],
    ...more,
  });
}

interface ImageOptions {
  readonly repository?: RepositoryName;
  readonly type?: string;
  /** Further fields of the manifest. */
  readonly more?: object;
}

export function indexOf(children: readonly Descriptor[], more: object = {}): Made {
  const mediaType = mediaTypes.ociIndex;
  return made(mediaType, { schemaVersion: 2, mediaType, manifests: children, ...more });
}

/** Pushes one image under some tags. */
export async function pushed(
  registry: Registry,
  seed: string,
  tags: readonly Tag[],
  repository: RepositoryName = app,
): Promise<Made> {
  const manifest = await image(registry, seed, { repository });
  for (const tag of tags) await registry.putManifest(repository, tag, manifest);
  return manifest;
}
