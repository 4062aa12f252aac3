import { hasCode, RegistryError } from "../../registry/errors.ts";
import {
  type Descriptor,
  isImageConfig,
  largestConfig,
  manifestMediaTypes,
  parseManifest,
} from "../../registry/image.ts";
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
  /**
   * Reads a manifest and all below it; parts that cannot be read become gaps. Throws only where the registry cannot be
   * reached.
   */
  facts(digest: Digest): Promise<ManifestFacts>;
  /** Reads and parses a manifest. Throws what the registry throws, and `MANIFEST_INVALID`. */
  content(digest: Digest): Promise<TypedContent>;
  /** Reads and parses an image config. Throws what the registry throws, and `MANIFEST_INVALID`. */
  config(digest: Digest): Promise<ImageConfig>;
}

/** How manifests are read. */
export interface ReaderOptions {
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
}

/** The deepest nesting of indexes that is read; deeper ones are hostile. */
const deepest = 4;
/** The most children of an index that are read; the largest in use have some dozens. */
const mostChildren = 1_000;

/** A reader for one repository that remembers what it has read, so that each digest is requested once. */
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
        // contents are large, so only those are kept that were asked for
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

  /** Reads a child of an index; a child of any other type, as in a BuildKit cache, counts as a blob. */
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

  /** Keeps one object for each layer, since images share most of theirs. */
  function shared({ digest, size }: Sized): Sized {
    const known = sized.get(digest);
    if (known?.size === size) return known;
    const fresh = { digest, size };
    sized.set(digest, fresh);
    return fresh;
  }
}

/** The digest of an image's config; undefined for an artifact, whose config has an unknown format. */
export function configOf({ config }: Pick<TypedContent, "config">): Digest | undefined {
  return config !== undefined && isImageConfig(config.mediaType) ? config.digest : undefined;
}

/**
 * True for an error that concerns one manifest; false for one that ends the whole reading, such as a lost connection.
 */
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
