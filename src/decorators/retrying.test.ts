import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryRegistry } from "../memory/memory.ts";
import { RegistryError, type RegistryErrorCode, type RegistryErrorOptions } from "../registry/errors.ts";
import { type Manifest, mediaTypes } from "../registry/image.ts";
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

const tags = async (registry: Registry) => (await registry.listTags(repository)).items;
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

describe("retrying() on putManifest", () => {
  it.each(["LOST", "UNAVAILABLE"] as const)(
    "after %s looks whether the tag stands, and does not send it again",
    async (code) => {
      const { registry, real, calls, digest } = await broken("putManifest", [unanswered(failing(code))]);
      const stored = await registry.putManifest(repository, tag, other);
      expect(stored.digest).not.toBe(digest);
      expect((await real.resolve(repository, tag)).digest).toBe(stored.digest);
      expect(calls).toEqual(["putManifest", "resolve"]);
    },
  );

  it.each(["LOST", "UNAVAILABLE"] as const)("after %s sends it again where the tag does not stand", async (code) => {
    const { registry, real, calls } = await broken("putManifest", [unsent(failing(code))]);
    const stored = await registry.putManifest(repository, tag, other);
    expect((await real.resolve(repository, tag)).digest).toBe(stored.digest);
    expect(calls).toEqual(["putManifest", "resolve", "putManifest"]);
  });

  it("sends it again to a tag that was not there", async () => {
    const { registry, calls } = await broken("putManifest", [unsent(failing("LOST"))]);
    await registry.putManifest(repository, parseTag("new"), other);
    expect(calls).toEqual(["putManifest", "resolve", "putManifest"]);
  });

  it("gives up with the first error where nothing can be found out", async () => {
    const lost = failing("LOST");
    const calls: string[] = [];
    const registry = retrying(
      faulty(memoryRegistry(), ({ method }) => {
        calls.push(method);
        return unsent(method === "resolve" ? failing("DENIED") : lost);
      }),
      { sleep: async () => {} },
    );
    await expect(registry.putManifest(repository, tag, manifest)).rejects.toBe(lost);
    expect(calls).toEqual(["putManifest", "resolve"]);
  });

  it("does not send it again after a 500", async () => {
    const { registry, calls } = await broken("putManifest", [unsent(failing("UNKNOWN"))]);
    await expect(registry.putManifest(repository, tag, other)).rejects.toMatchObject({ code: "UNKNOWN" });
    expect(calls).toEqual(["putManifest"]);
  });
});

describe("retrying() on deleteManifest", () => {
  it("is done where the answer was lost and the manifest is gone", async () => {
    const { registry, real, calls, digest } = await broken("deleteManifest", [unanswered(failing("LOST"))]);
    await registry.deleteManifest(repository, digest);
    expect(calls).toEqual(["deleteManifest", "resolve"]);
    await expect(real.resolve(repository, tag)).rejects.toMatchObject({ status: 404 });
  });

  it("deletes again where it still stands", async () => {
    const { registry, real, calls, digest } = await broken("deleteManifest", [unsent(failing("LOST"))]);
    await registry.deleteManifest(repository, digest);
    expect(calls).toEqual(["deleteManifest", "resolve", "deleteManifest"]);
    await expect(real.resolve(repository, tag)).rejects.toMatchObject({ status: 404 });
  });

  it("is done where the second finds nothing left: the first was still under way", async () => {
    const gone = unsent(failing("MANIFEST_UNKNOWN"));
    const { registry, digest } = await broken("deleteManifest", [unsent(failing("LOST")), gone]);
    await expect(registry.deleteManifest(repository, digest)).resolves.toBeUndefined();
  });

  it("says MANIFEST_UNKNOWN where no answer was lost before", async () => {
    const gone = unsent(failing("MANIFEST_UNKNOWN"));
    const { registry, digest } = await broken("deleteManifest", [unsent(failing("UNREACHABLE")), gone]);
    await expect(registry.deleteManifest(repository, digest)).rejects.toBe(gone.error);
  });
});

describe("retrying() on deleteTag", () => {
  it.each([failing("UNREACHABLE"), failing("TOOMANYREQUESTS"), failing("UNAVAILABLE", { retryAfter: 1 })])(
    "repeats after %s, which says that nothing was done",
    async (error) => {
      const { registry, real, calls } = await broken("deleteTag", [unsent(error)]);
      await registry.deleteTag(repository, tag);
      expect(calls).toEqual(["deleteTag", "deleteTag"]);
      expect(await tags(real).catch(() => [])).toEqual([]);
    },
  );

  it.each(["LOST", "UNAVAILABLE"] as const)("is done where %s hid the answer and the tag is gone", async (code) => {
    const { registry, calls } = await broken("deleteTag", [unanswered(failing(code))]);
    await registry.deleteTag(repository, tag);
    expect(calls).toEqual(["deleteTag", "resolve"]);
  });

  it.each(["LOST", "UNAVAILABLE"] as const)(
    "never deletes twice after %s: somebody may have pushed meanwhile",
    async (code) => {
      const { registry, real, calls } = await broken("deleteTag", [unsent(failing(code))]);
      await expect(registry.deleteTag(repository, tag)).rejects.toMatchObject({ code });
      expect(calls).toEqual(["deleteTag", "resolve"]);
      expect(await tags(real)).toEqual([tag]);
    },
  );
});

describe("retrying() as a whole", () => {
  const methods = ["putManifest", "deleteManifest", "deleteTag", "resolve", "listTags"] as const;
  // what certainly came to nothing is not carried out; a lost answer leaves both open
  const fault = fc.constantFrom(
    undefined,
    unsent(failing("UNREACHABLE")),
    unsent(failing("TOOMANYREQUESTS")),
    unsent(failing("LOST")),
    unanswered(failing("LOST")),
    unsent(failing("UNAVAILABLE")),
    unanswered(failing("UNAVAILABLE")),
    unanswered(failing("UNKNOWN")),
    unsent(failing("DENIED")),
  );
  it("never says that a change is done which is not", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...methods), fc.array(fault, { maxLength: 6 }), async (method, faults) => {
        const { registry, real, digest } = await broken(method, faults);
        const run = {
          putManifest: () => registry.putManifest(repository, tag, other),
          deleteManifest: () => registry.deleteManifest(repository, digest),
          deleteTag: () => registry.deleteTag(repository, tag),
          resolve: () => registry.resolve(repository, tag),
          listTags: () => registry.listTags(repository),
        }[method];
        const succeeded = await run().then(
          () => true,
          () => false,
        );
        if (!succeeded) return;
        const now = await real.resolve(repository, tag).then(
          (found) => found.digest,
          () => undefined,
        );
        if (method.startsWith("delete")) expect(now).toBeUndefined();
        if (method === "putManifest") expect(now).not.toBe(digest);
      }),
    );
  });
});
