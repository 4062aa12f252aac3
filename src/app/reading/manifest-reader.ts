import { hasCode, RegistryError } from "../../registry/errors.ts";
import { type Descriptor, largestConfig, manifestMediaTypes, mediaTypes, parseManifest } from "../../registry/image.ts";
import type { Digest, RepositoryName } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { pooled } from "../../support/pool.ts";
import { readBody } from "../../wire/body.ts";
import { type ImageConfig, parseImageConfig } from "./image-config.ts";
import {
  factsOfImage,
  factsOfIndex,
  type ManifestFacts,
  type Part,
  type Sized,
  type TypedContent,
  unknownPart,
} from "./manifest-facts.ts";

/** Reads the manifests and configs of one repository, each digest once. */
export interface ManifestReader {
  /** Never fails over one manifest: what cannot be read is a gap. Throws where the registry is not to be reached. */
  facts(digest: Digest): Promise<ManifestFacts>;
  /** Throws what the registry throws, and `MANIFEST_INVALID`. */
  content(digest: Digest): Promise<TypedContent>;
  /** Throws what the registry throws, and `MANIFEST_INVALID`. */
  config(digest: Digest): Promise<ImageConfig>;
}

export interface ReaderOptions {
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
}

/** Indexes of indexes are rare, and deeper ones hostile. */
const deepest = 4;
/** The largest indexes in use have some dozens of children. */
const mostChildren = 1_000;

export function manifestReader(
  registry: Pick<Registry, "getManifest" | "getBlob">,
  repository: RepositoryName,
  { concurrency, signal }: ReaderOptions,
): ManifestReader {
  const parts = new Map<Digest, Promise<Part>>();
  const contents = new Map<Digest, Promise<TypedContent>>();
  const configs = new Map<Digest, Promise<ImageConfig>>();
  const sized = new Map<Digest, Sized>();
  return { facts: partOf, content: (digest) => remembered(contents, digest, () => read(digest)), config };

  function partOf(digest: Digest, depth = 0): Promise<Part> {
    return remembered(parts, digest, async () => {
      try {
        // contents are large and not kept, unless somebody asked for one
        const content = await (contents.get(digest) ?? read(digest));
        return content.kind === "index" ? await partOfIndex(content, depth) : await partOfImage(content);
      } catch (error) {
        return { ...unknownPart, gaps: [gapOf(`manifest ${digest}`, error)] };
      }
    });
  }

  async function partOfImage(content: TypedContent): Promise<Part> {
    const gaps: string[] = [];
    const blobs = [...(content.config ? [content.config] : []), ...content.layers].map(shared);
    const digest = configOf(content);
    const read = digest && (await config(digest).catch((error) => void gaps.push(gapOf(`config ${digest}`, error))));
    return factsOfImage(content, { blobs, config: read ?? undefined, gaps });
  }

  async function partOfIndex(content: TypedContent, depth: number): Promise<Part> {
    const children = [...new Map(content.manifests.map((child) => [child.digest, child])).values()];
    const isTooLarge = children.length > mostChildren;
    if (depth >= deepest || isTooLarge) {
      const why = isTooLarge ? `it has over ${mostChildren} children` : "it lies too deep in other indexes";
      return {
        ...unknownPart,
        kind: "index",
        mediaType: content.mediaType,
        gaps: [`the index is not read further: ${why}`],
      };
    }
    const read = async (descriptor: Descriptor) => ({ descriptor, part: await partOfChild(descriptor, depth + 1) });
    return factsOfIndex(content, await pooled(children, read, { concurrency }));
  }

  /** The children of a BuildKit cache are layers, not manifests. */
  async function partOfChild(child: Descriptor, depth: number): Promise<Part> {
    const isManifest = child.mediaType === "" || manifestMediaTypes.includes(child.mediaType);
    return isManifest ? partOf(child.digest, depth) : { ...unknownPart, platforms: [], blobs: [shared(child)] };
  }

  function config(digest: Digest): Promise<ImageConfig> {
    return remembered(configs, digest, async () => {
      signal?.throwIfAborted();
      const { content } = await registry.getBlob(repository, digest);
      return parseImageConfig(await readBody({ body: content }, largestConfig));
    });
  }

  async function read(digest: Digest): Promise<TypedContent> {
    signal?.throwIfAborted();
    const manifest = await registry.getManifest(repository, digest);
    return { ...parseManifest(manifest), mediaType: manifest.mediaType };
  }

  /** Images share most of their layers: each is kept once. */
  function shared({ digest, size }: Sized): Sized {
    const known = sized.get(digest);
    if (known?.size === size) return known;
    const fresh = { digest, size };
    sized.set(digest, fresh);
    return fresh;
  }
}

/** The digest of a config that describes an image; an artifact's says nothing that we know. */
export function configOf({ config }: Pick<TypedContent, "config">): Digest | undefined {
  const isImage = config?.mediaType === mediaTypes.ociConfig || config?.mediaType === mediaTypes.dockerConfig;
  return isImage ? config?.digest : undefined;
}

/** True for what is wrong with one manifest; false for what ends the whole reading, such as a lost connection. */
export function isGap(error: unknown): error is RegistryError {
  const isConnection = hasCode(error, "UNREACHABLE", "LOST", "UNAVAILABLE", "TOOMANYREQUESTS", "UNAUTHORIZED");
  return error instanceof RegistryError && !isConnection;
}

function gapOf(what: string, error: unknown): string {
  if (!isGap(error)) throw error;
  return `${what} cannot be read: ${error.message}`;
}

function remembered<Key, Value>(
  memory: Map<Key, Promise<Value>>,
  key: Key,
  read: () => Promise<Value>,
): Promise<Value> {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const reading = read();
  memory.set(key, reading);
  return reading;
}
