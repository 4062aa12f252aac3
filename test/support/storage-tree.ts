import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  blobFile,
  currentLink,
  indexLink,
  layerFolder,
  linkIn,
  revisionFolder,
  tagsFolder,
  uploadStart,
} from "../../src/distribution/paths.ts";
import { digestOf } from "../../src/registry/digest.ts";
import { type Digest, parseRepositoryName, parseTag } from "../../src/registry/names.ts";

/** A storage tree written file by file, so that it can hold what no registry would write any more. */
export interface StorageTree {
  readonly directory: string;
  /** Stores bytes, whatever they are. */
  blob(content: Uint8Array | string | object): Digest;
  layer(repository: string, digest: Digest): void;
  revision(repository: string, digest: Digest): void;
  tag(repository: string, tag: string, digest: Digest): void;
  upload(repository: string, id: string, startedAt: Date): void;
  /** An image of some blobs, linked in a repository. */
  image(repository: string, image: ImageContent): Digest;
  index(repository: string, children: readonly Digest[], more?: object): Digest;
  /** Makes a repository what each version takes for one, with nothing in it. */
  repository(name: string): void;
  write(path: string, content: Uint8Array | string): void;
}

export interface ImageContent {
  readonly config?: Uint8Array | string | object;
  readonly layers?: readonly (Uint8Array | string)[];
  /** Fields of the manifest itself. */
  readonly more?: object;
}

export const ociManifest = "application/vnd.oci.image.manifest.v1+json";
const ociIndex = "application/vnd.oci.image.index.v1+json";

/** Writes files as old as `written`, which is a week ago unless said otherwise. */
export function storageTree(
  directory: string,
  { written = new Date(Date.now() - 7 * 86_400_000) }: { readonly written?: Date } = {},
): StorageTree {
  const made = new Set<string>();
  const write = (path: string, content: Uint8Array | string) => {
    const file = join(directory, path);
    if (!made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
    made.add(dirname(file));
    writeFileSync(file, content);
    utimesSync(file, written, written);
  };
  const blob = (content: Uint8Array | string | object) => {
    const bytes = bytesOf(content);
    const digest = digestOf(bytes);
    write(blobFile(digest), bytes);
    return digest;
  };
  const layer = (repository: string, digest: Digest) =>
    write(linkIn(layerFolder(parseRepositoryName(repository), digest)), digest);
  const revision = (repository: string, digest: Digest) =>
    write(linkIn(revisionFolder(parseRepositoryName(repository), digest)), digest);
  const linked = (repository: string, content: Uint8Array | string | object, mediaType: string) => {
    const digest = blob(content);
    layer(repository, digest);
    return { mediaType, digest, size: bytesOf(content).length };
  };
  const manifest = (repository: string, content: object) => {
    const digest = blob(content);
    revision(repository, digest);
    return digest;
  };
  return {
    directory,
    write,
    blob,
    layer,
    revision,
    tag(repository, tag, digest) {
      const [name, named] = [parseRepositoryName(repository), parseTag(tag)];
      write(indexLink(name, named, digest), digest);
      write(currentLink(name, named), digest);
    },
    upload(repository, id, startedAt) {
      write(uploadStart(parseRepositoryName(repository), id), startedAt.toISOString());
    },
    image: (repository, { config = {}, layers = [], more = {} }) =>
      manifest(repository, {
        schemaVersion: 2,
        mediaType: ociManifest,
        config: linked(repository, config, "application/vnd.oci.image.config.v1+json"),
        layers: layers.map((content) => linked(repository, content, "application/vnd.oci.image.layer.v1.tar")),
        ...more,
      }),
    index: (repository, children, more = {}) =>
      manifest(repository, {
        schemaVersion: 2,
        mediaType: ociIndex,
        manifests: children.map((digest) => ({ mediaType: ociManifest, digest, size: 1 })),
        ...more,
      }),
    repository(name) {
      const folder = join(directory, tagsFolder(parseRepositoryName(name)));
      mkdirSync(join(folder, "..", "revisions"), { recursive: true });
      mkdirSync(folder, { recursive: true });
      mkdirSync(join(folder, "..", "..", "_layers"), { recursive: true });
    },
  };
}

function bytesOf(content: Uint8Array | string | object): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));
}
