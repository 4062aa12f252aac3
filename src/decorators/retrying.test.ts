import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryRegistry } from "../memory/memory.ts";
import { RegistryError, type RegistryErrorCode, type RegistryErrorOptions } from "../registry/errors.ts";
import { describe as describeManifest, type Manifest, mediaTypes } from "../registry/image.ts";
import { parseRepositoryName, parseTag } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";
import { type Fault, faulty } from "./faulty.ts";
import type { RegistryCall } from "./intercept.ts";
import { type RetryingOptions, retrying } from "./retrying.ts";

const repository = parseRepositoryName("team/app");
const tag = parseTag("latest");
const manifest: Manifest = {
  mediaType: mediaTypes.ociIndex,
  bytes: new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, manifests: [] })),
};
const other: Manifest = { ...manifest, bytes: new TextEncoder().encode('{"schemaVersion":2,"manifests":[ ]}') };

const failing = (code: RegistryErrorCode, options: RegistryErrorOptions = {}) => new RegistryError(code, code, options);
const unsent = (error: Error): Fault => ({ when: "before", error });
const unanswered = (error: Error): Fault => ({ when: "after", error });

/** A registry with one tagged manifest, whose calls of one method go wrong in turn. */
async function broken(
  method: RegistryCall["method"],
  faults: readonly (Fault | undefined)[],
  options: RetryingOptions = {},
) {
  const real = memoryRegistry();
  const descriptor = await real.putManifest(repository, tag, manifest);
  const left = [...faults];
  const calls: string[] = [];
  const waits: number[] = [];
  const registry = retrying(
    faulty(real, (call) => {
      calls.push(call.method);
      return call.method === method ? left.shift() : undefined;
    }),
    { random: () => 1, sleep: async (milliseconds) => void waits.push(milliseconds), ...options },
  );
  return { registry, real, calls, waits, digest: descriptor.digest };
}

const passing = ["UNREACHABLE", "LOST", "UNAVAILABLE", "TOOMANYREQUESTS"] as const;

describe("retrying() on reads", () => {
  const busy = failing("UNREACHABLE", { next: "try again in 7 s", retryAfter: 7 });
  it.each([...passing.map((code) => failing(code)), failing("UNKNOWN"), busy])("asks again after %s", async (error) => {
    const fault = unsent(error);
    const { registry, calls, digest } = await broken("resolve", [fault, fault, fault]);
    expect((await registry.resolve(repository, tag)).digest).toBe(digest);
    expect(calls).toHaveLength(4);
  });

  it.each([
    failing("UNAUTHORIZED"),
    failing("DENIED"),
    failing("MANIFEST_UNKNOWN"),
    failing("UNSUPPORTED"),
    failing("LOCKED"),
    failing("ANSWER_INVALID"),
    failing("UNKNOWN", { status: 418 }),
    failing("UNREACHABLE", { next: "say --ca FILE" }),
    new Error("a mistake of ours"),
  ])("passes %s on at once", async (error) => {
    const { registry, calls } = await broken("resolve", [unsent(error)]);
    await expect(registry.resolve(repository, tag)).rejects.toBe(error);
    expect(calls).toHaveLength(1);
  });

  it("waits twice as long each time, for a random part of that", async () => {
    const fault = unsent(failing("UNAVAILABLE"));
    const { registry, waits } = await broken("resolve", Array(6).fill(fault), { retries: 6, longestWait: 3000 });
    await registry.resolve(repository, tag);
    expect(waits).toEqual([500, 1000, 2000, 3000, 3000, 3000]);
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), async (share) => {
        const jittered = await broken("resolve", [fault], { random: () => share });
        await jittered.registry.resolve(repository, tag);
        expect(jittered.waits).toEqual([500 * share]);
      }),
    );
  });

  it.each(["TOOMANYREQUESTS", "UNAVAILABLE"] as const)("waits at least as long as %s asks for", async (code) => {
    const { registry, waits } = await broken("resolve", [unsent(failing(code, { retryAfter: 7 }))]);
    await registry.resolve(repository, tag);
    expect(waits).toEqual([7500]);
  });

  it("does not wait an hour, but says so", async () => {
    const error = failing("TOOMANYREQUESTS", { retryAfter: 3600 });
    const { registry, waits } = await broken("resolve", [unsent(error)]);
    await expect(registry.resolve(repository, tag)).rejects.toBe(error);
    expect(waits).toEqual([]);
  });

  it.each([0, 1, 5])("gives up after %d repetitions, with the last error", async (retries) => {
    const fault = unsent(failing("LOST"));
    const { registry, calls } = await broken("listTags", Array(10).fill(fault), { retries });
    await expect(registry.listTags(repository)).rejects.toBe(fault.error);
    expect(calls).toHaveLength(retries + 1);
  });
});

describe("retrying() on changes", () => {
  const changes = {
    "a push to a tag": (registry: Registry) => registry.putManifest(repository, tag, other),
    "the deletion of a manifest": (registry: Registry) =>
      registry.deleteManifest(repository, describeManifest(manifest).digest),
    "the deletion of a tag": (registry: Registry) => registry.deleteTag(repository, tag),
    "the deletion of a blob": (registry: Registry) =>
      registry.deleteBlob(repository, describeManifest(manifest).digest),
  };
  const everyMethod = ["putManifest", "deleteManifest", "deleteTag", "deleteBlob"] as const;

  it.each(Object.entries(changes))(
    "sends %s once, whatever the failure: somebody may push meanwhile",
    async (_, change) => {
      for (const code of passing) {
        for (const method of everyMethod) {
          const { registry, calls } = await broken(method, Array(4).fill(unsent(failing(code))));
          await change(registry).catch(() => {});
          expect(calls).toHaveLength(1);
        }
      }
    },
  );

  it.each(passing)("sends a manifest to its digest again after %s, which changes nothing for anybody", async (code) => {
    const { registry, calls } = await broken("putManifest", [unsent(failing(code)), unanswered(failing(code))]);
    const { digest } = describeManifest(other);
    expect((await registry.putManifest(repository, digest, other)).digest).toBe(digest);
    expect(calls).toHaveLength(3);
  });

  it("sends no manifest again after a 500", async () => {
    const { registry, calls } = await broken("putManifest", [unsent(failing("UNKNOWN"))]);
    await expect(registry.putManifest(repository, describeManifest(other).digest, other)).rejects.toThrow();
    expect(calls).toHaveLength(1);
  });
});
