import { onTestFinished } from "vitest";
import { type ImageRecipe, pushImage } from "../../src/app/sample-building.ts";
import { type ServedRegistry, type ServeOptions, serveRegistry } from "../../src/app/serve-registry.ts";
import { type Digest, parseRepositoryName, parseTag, type Tag } from "../../src/registry/names.ts";
import { allOf } from "../../src/registry/pages.ts";

/** The embedded registry on a free port, and what a test does behind its back. */
export interface TestRegistry {
  readonly host: string;
  /** One image under these tags; gives its digest. */
  push(
    repository: string,
    tags: readonly string[],
    image?: Partial<ImageRecipe> & { readonly name?: string },
  ): Promise<Digest>;
  tags(repository: string): Promise<readonly Tag[]>;
  digests(repository: string): Promise<Readonly<Record<string, Digest>>>;
  close(): Promise<void>;
}

export async function openRegistry(options: ServeOptions = {}): Promise<TestRegistry> {
  const served: ServedRegistry = await serveRegistry({ addr: "127.0.0.1:0", behaveLike: "distribution2", ...options });
  const { registry } = served;
  let isOpen = true;
  const close = async () => {
    if (isOpen) await served.close();
    isOpen = false;
  };
  onTestFinished(close);
  const tags = (repository: string) => allOf((page) => registry.listTags(parseRepositoryName(repository), page));
  return {
    host: `127.0.0.1:${served.port}`,
    async push(name, names, { name: content = name, ...image } = {}) {
      const repository = parseRepositoryName(name);
      const { digest } = await pushImage({ registry, repository }, { ...recipe(content), ...image });
      const manifest = await registry.getManifest(repository, digest);
      for (const tag of names) await registry.putManifest(repository, parseTag(tag), manifest);
      return digest;
    },
    tags,
    async digests(name) {
      const repository = parseRepositoryName(name);
      const found = (await tags(name)).map(
        async (tag) => [tag, (await registry.resolve(repository, tag)).digest] as const,
      );
      return Object.fromEntries(await Promise.all(found));
    },
    close,
  };
}

function recipe(content: string): ImageRecipe {
  return {
    platform: { os: "linux", architecture: "amd64" },
    created: new Date("2026-11-03T14:30:00Z"),
    layers: [{ "etc/name": Buffer.from(content) }],
    labels: { "org.opencontainers.image.title": content },
  };
}
