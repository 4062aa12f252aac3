import { onTestFinished } from "vitest";
import { type ImageRecipe, pushImage } from "../../src/app/serving/sample-building.ts";
import { fillWithSamples } from "../../src/app/serving/sample-images.ts";
import { quirky } from "../../src/app/serving/serve-registry.ts";
import { intercept, type RegistryCall } from "../../src/decorators/intercept.ts";
import { profiles } from "../../src/decorators/quirks/profiles.ts";
import { listen } from "../../src/http/serving/listen.ts";
import { memoryRegistry } from "../../src/memory/memory.ts";
import { mediaTypes } from "../../src/registry/image.ts";
import { type Digest, parseRepositoryName, parseTag, type Tag } from "../../src/registry/names.ts";
import { allOf } from "../../src/registry/pages.ts";
import type { Registry } from "../../src/registry/registry.ts";

export interface RegistryOptions {
  /** As distribution 2 by default. */
  readonly behaveLike?: string;
  readonly noDelete?: boolean;
  /** The text of an htpasswd file. */
  readonly htpasswd?: string;
  /** Any free port by default. */
  readonly port?: number;
  /** Is waited for before a request is carried out. */
  readonly gate?: (call: RegistryCall) => Promise<void> | undefined;
}

/** The embedded registry on a free port, and what a test does behind its back. */
export interface TestRegistry {
  readonly host: string;
  readonly port: number;
  /** One image under these tags; gives its digest. */
  push(
    repository: string,
    tags: readonly string[],
    image?: Partial<ImageRecipe> & { readonly name?: string },
  ): Promise<Digest>;
  /** The images of the demo. */
  samples(): Promise<unknown>;
  /** Repositories with an empty index each. */
  crowd(names: readonly string[]): Promise<void>;
  tags(repository: string): Promise<readonly Tag[]>;
  digests(repository: string): Promise<Readonly<Record<string, Digest>>>;
  close(): Promise<void>;
}

/** As the CNCF's distribution 2 behaves: a tag can be removed only with a decoy. */
export async function openRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const { htpasswd, gate, noDelete = false, behaveLike = "distribution2", port: wanted = 0 } = options;
  const store = memoryRegistry();
  const profile = profiles[behaveLike];
  if (profile === undefined) throw new Error("the profile has another name now");
  const { transport } = quirky(gated(store, gate), { profile, noDelete });
  const { port, close } = await listen(transport, { port: wanted, ...(htpasswd !== undefined && { htpasswd }) });
  onTestFinished(() => close().catch(() => {})); // a test may have closed it
  const tags = (repository: string) => allOf((page) => store.listTags(parseRepositoryName(repository), page));
  return {
    host: `127.0.0.1:${port}`,
    port,
    async push(name, names, { name: content = name, ...image } = {}) {
      const repository = parseRepositoryName(name);
      const { digest } = await pushImage({ registry: store, repository }, { ...recipe(content), ...image });
      const manifest = await store.getManifest(repository, digest);
      for (const tag of names) await store.putManifest(repository, parseTag(tag), manifest);
      return digest;
    },
    samples: () => fillWithSamples(store),
    async crowd(names) {
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }));
      const index = { mediaType: mediaTypes.ociIndex, bytes };
      for (const name of names) await store.putManifest(parseRepositoryName(name), parseTag("latest"), index);
    },
    tags,
    async digests(name) {
      const repository = parseRepositoryName(name);
      const found = (await tags(name)).map(
        async (tag) => [tag, (await store.resolve(repository, tag)).digest] as const,
      );
      return Object.fromEntries(await Promise.all(found));
    },
    close,
  };
}

function gated(store: Registry, gate: RegistryOptions["gate"] = () => undefined): Registry {
  return intercept(store, async (call, proceed) => {
    await gate(call);
    return proceed();
  });
}

/** A gate that a test opens. */
export interface Gate {
  readonly closed: () => Promise<void>;
  readonly open: () => void;
  /** Resolves when somebody stands before it. */
  readonly reached: Promise<void>;
}

export function newGate(): Gate {
  let open = () => {};
  let reach = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const closed = () => {
    reach();
    return opened;
  };
  return { closed, open, reached };
}

function recipe(content: string): ImageRecipe {
  return {
    platform: { os: "linux", architecture: "amd64" },
    created: new Date("2026-11-03T14:30:00Z"),
    layers: [{ "etc/name": Buffer.from(content) }],
    labels: { "org.opencontainers.image.title": content },
  };
}
