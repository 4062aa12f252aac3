import { describe, expect, it } from "vitest";
import { type Interceptor, intercept } from "../../decorators/intercept.ts";
import { memoryRegistry } from "../../memory/memory.ts";
import { digestOf } from "../../registry/digest.ts";
import { RegistryError } from "../../registry/errors.ts";
import { type Descriptor, describe as described, mediaTypes } from "../../registry/image.ts";
import { type Digest, parseRepositoryName, parseTag } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { putBlob } from "../../registry/uploads.ts";
import { inspectManifest } from "./inspect-manifest.ts";
import { type ListedTag, type ListTagsOptions, listTags } from "./list-tags.ts";

const repository = parseRepositoryName("team/app");
const encoded = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

async function list(registry: Registry, options: Partial<ListTagsOptions> = {}) {
  const tags = new Map<string, ListedTag>();
  const notes: string[] = [];
  const kinds: string[] = [];
  for await (const event of listTags(registry, repository, { concurrency: 4, ...options })) {
    kinds.push(event.kind);
    if (event.kind === "tag") tags.set(event.listed.tag, event.listed);
    if (event.kind === "note") notes.push(`${event.tag} ${event.says}`);
  }
  return { tags, notes, kinds };
}

async function pushImage(registry: Registry, tag: string, config: Uint8Array, times = 1): Promise<Descriptor> {
  const layer = encoded(`layer of ${tag}`);
  for (const blob of [config, layer]) await putBlob(registry, repository, blob);
  const descriptor = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: descriptor(mediaTypes.ociConfig, config),
    layers: Array<Descriptor>(times).fill(descriptor("application/vnd.oci.image.layer.v1.tar", layer)),
  };
  const put = { mediaType: mediaTypes.ociManifest, bytes: encoded(manifest) };
  await registry.putManifest(repository, parseTag(tag), put);
  return described(put);
}

const config = (created: string, architecture = "amd64") => encoded({ os: "linux", architecture, created });

async function pushIndex(registry: Registry, tag: string, manifests: readonly Descriptor[]): Promise<void> {
  const bytes = encoded({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
  await registry.putManifest(repository, parseTag(tag), { mediaType: mediaTypes.ociIndex, bytes });
}

/** A registry that fails where `trouble` says so. */
function troubled(
  registry: Registry,
  trouble: (method: string, reference: unknown) => RegistryError | undefined,
): Registry {
  const through: Interceptor = async (call, proceed) => {
    const error = trouble(call.method, call.args[1]);
    if (error !== undefined) throw error;
    return proceed();
  };
  return intercept(registry, through);
}

describe("listTags()", () => {
  it("gives the names before it has read anything of a tag", async () => {
    const registry = memoryRegistry();
    await pushImage(registry, "v1", config("2026-01-01T00:00:00Z"));
    const stuck = troubled(registry, (method) => (method === "resolve" ? new RegistryError("LOST", "no") : undefined));
    const events = listTags(stuck, repository, { concurrency: 1 });
    expect((await events.next()).value).toEqual({ kind: "names", tags: ["v1"] });
    await expect(events.next()).rejects.toThrow("no");
  });

  it("reads each distinct manifest and config once, however many tags share it", async () => {
    const registry = memoryRegistry();
    const image = await pushImage(registry, "v1", config("2026-01-01T00:00:00Z"));
    const manifest = await registry.getManifest(repository, image.digest);
    for (let number = 0; number < 50; number++)
      await registry.putManifest(repository, parseTag(`t${number}`), manifest);
    await pushIndex(registry, "multi", [image]);
    const calls: string[] = [];
    const { tags } = await list(
      intercept(registry, (call, proceed) => {
        calls.push(`${call.method} ${call.args[1]}`);
        return proceed();
      }),
    );
    expect(tags.size).toBe(52);
    expect(new Set(calls).size).toBe(calls.length);
    expect(calls.filter((call) => call.startsWith("get"))).toHaveLength(3); // image, its config, index
  });

  it("the size of an index is that of its distinct blobs, its time that of its newest child", async () => {
    const registry = memoryRegistry();
    const older = await pushImage(registry, "amd64", config("2026-01-01T00:00:00Z"));
    const newer = await pushImage(registry, "arm64", config("2026-02-01T00:00:00Z", "arm64"));
    await pushIndex(registry, "multi", [older, newer, older]);
    const { tags } = await list(registry);
    const sizeOf = (tag: string) => tags.get(tag)?.facts?.size ?? Number.NaN;
    expect(tags.get("multi")?.facts).toMatchObject({
      kind: "index",
      size: sizeOf("amd64") + sizeOf("arm64"),
      created: "2026-02-01T00:00:00Z",
      platforms: ["linux/amd64", "linux/arm64"],
    });
  });

  it("the size of an image has a layer as often as it is named, that of an index above it once", async () => {
    const registry = memoryRegistry();
    const child = await pushImage(registry, "v1", config("2026-01-01T00:00:00Z"), 3);
    await pushIndex(registry, "multi", [child]);
    const { tags } = await list(registry);
    const [base, layer] = [config("2026-01-01T00:00:00Z").length, encoded("layer of v1").length];
    expect(tags.get("v1")?.facts?.size).toBe(base + 3 * layer);
    expect(tags.get("multi")?.facts?.size).toBe(base + layer);
  });

  it("a child that is gone leaves unknown what depends on it, and nothing else", async () => {
    const registry = memoryRegistry();
    const platform = { os: "linux", architecture: "amd64" };
    const child = await pushImage(registry, "child", config("2026-01-01T00:00:00Z"));
    await pushIndex(registry, "multi", [{ ...child, platform }]);
    await registry.deleteManifest(repository, child.digest);
    const { tags, notes } = await list(registry);
    const facts = tags.get("multi")?.facts;
    expect(facts).toMatchObject({ kind: "index", platforms: ["linux/amd64"] });
    expect([facts?.size, facts?.created]).toEqual([undefined, undefined]);
    expect(notes).toEqual([expect.stringContaining(child.digest)]);
  });

  it.each([
    ["is not JSON", "<html>", undefined],
    ["is a list", "[]", undefined],
    ["has fields of the wrong type", '{"os":1,"created":{},"config":"x"}', undefined],
    ["has a time that is none", '{"os":"linux","architecture":"amd64","created":"yesterday"}', ["linux/amd64"]],
    ["has a time as only Date reads it", '{"os":"linux","architecture":"amd64","created":"foo 7"}', ["linux/amd64"]],
    ["has a day without a time", '{"os":"linux","architecture":"amd64","created":"2026-01-01"}', ["linux/amd64"]],
    ["has Go's zero time", '{"os":"linux","architecture":"amd64","created":"0001-01-01T00:00:00Z"}', ["linux/amd64"]],
  ])("a config that %s gives no guess, and the size all the same", async (_what, text, platforms) => {
    const registry = memoryRegistry();
    await pushImage(registry, "v1", new TextEncoder().encode(text));
    const { tags } = await list(registry);
    const facts = tags.get("v1")?.facts;
    expect([facts?.created, facts?.platforms]).toEqual([undefined, platforms]);
    expect(facts?.size).toBeGreaterThan(text.length);
  });

  it.each(["MANIFEST_UNKNOWN", "ANSWER_INVALID", "DENIED", "UNKNOWN"] as const)(
    "a tag that cannot be read (%s) is noted, and the listing goes on",
    async (code) => {
      const registry = memoryRegistry();
      for (const tag of ["a", "b", "c"]) await pushImage(registry, tag, config("2026-01-01T00:00:00Z"));
      const failing = troubled(registry, (method, reference) =>
        method === "resolve" && reference === "b" ? new RegistryError(code, "no") : undefined,
      );
      const { tags, notes } = await list(failing);
      expect([...tags.keys()].sort()).toEqual(["a", "b", "c"]);
      expect(tags.get("b")).toMatchObject({ tag: "b", digest: undefined, facts: undefined });
      expect(tags.get("b")?.failure?.code).toBe(code === "MANIFEST_UNKNOWN" ? undefined : code);
      expect(notes).toEqual(["b cannot be read: no"]);
    },
  );

  it.each(["UNREACHABLE", "LOST", "UNAVAILABLE", "TOOMANYREQUESTS", "UNAUTHORIZED"] as const)(
    "%s ends the listing: it would be a short one",
    async (code) => {
      const registry = memoryRegistry();
      await pushImage(registry, "a", config("2026-01-01T00:00:00Z"));
      const failing = troubled(registry, (method) =>
        method === "getManifest" ? new RegistryError(code, "no") : undefined,
      );
      await expect(list(failing)).rejects.toThrow("no");
    },
  );

  it("a signal ends it", async () => {
    const registry = memoryRegistry();
    for (const tag of ["a", "b", "c"]) await pushImage(registry, tag, config("2026-01-01T00:00:00Z"));
    const controller = new AbortController();
    const reading = async () => {
      const options = { concurrency: 1, signal: controller.signal };
      for await (const { kind } of listTags(registry, repository, options))
        if (kind === "tag") controller.abort(new Error("enough"));
    };
    await expect(reading()).rejects.toThrow("enough");
  });
});

describe("inspectManifest()", () => {
  it("finds referrers by the fallback tag where the API is missing, and nothing where that tag is missing too", async () => {
    const registry = memoryRegistry();
    const image = await pushImage(registry, "v1", config("2026-01-01T00:00:00Z"));
    const signature = {
      ...(await pushImage(registry, "sig", config("2026-01-02T00:00:00Z"))),
      artifactType: "application/x.signature",
    };
    const without = troubled(registry, (method) =>
      method === "listReferrers" ? new RegistryError("UNSUPPORTED", "none") : undefined,
    );
    const inspected = (digest: Digest) =>
      inspectManifest({ registry: without, shown: without }, { repository, reference: digest }, { concurrency: 4 });
    expect((await inspected(image.digest)).referrers).toEqual([]);
    await pushIndex(registry, image.digest.replace(":", "-"), [signature]);
    expect((await inspected(image.digest)).referrers).toMatchObject([
      { digest: signature.digest, artifactType: "application/x.signature" },
    ]);
  });

  it("says of referrers that break off that they are not known, and never shows the fallback tag's for them", async () => {
    const registry = memoryRegistry();
    const { digest } = await pushImage(registry, "v1", config("2026-01-01T00:00:00Z"));
    await pushIndex(registry, digest.replace(":", "-"), []);
    const broken: Registry = {
      ...registry,
      async listReferrers(_name, _subject, { cursor } = {}) {
        if (cursor !== undefined) throw new RegistryError("UNSUPPORTED", "404 page not found", { status: 404 });
        return { items: [], next: "2" };
      },
    };
    const session = { registry: broken, shown: broken };
    const { referrers, gaps } = await inspectManifest(
      session,
      { repository, reference: digest },
      { concurrency: 4, scan: false },
    );
    expect(referrers).toBeUndefined();
    expect(gaps).toEqual([expect.stringContaining("the listing could not be completed")]);
  });
});
