import { describe, expect, it } from "vitest";
import { faulty } from "../decorators/faulty.ts";
import { memoryRegistry } from "../memory/memory.ts";
import { RegistryError, type RegistryErrorCode } from "./errors.ts";
import { mediaTypes } from "./image.ts";
import { parseRepositoryName, parseTag } from "./names.ts";
import { everyTag } from "./pages.ts";
import type { Registry } from "./registry.ts";

const repository = parseRepositoryName("team/app");

/** Four tags, two a page, of which a page is answered with an error. */
async function failingOn(number: number, code: RegistryErrorCode): Promise<Registry> {
  const registry = memoryRegistry();
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }));
  for (const name of ["a", "b", "c", "d"])
    await registry.putManifest(repository, parseTag(name), { mediaType: mediaTypes.ociIndex, bytes });
  const paged: Registry = { ...registry, listTags: (name, page) => registry.listTags(name, { limit: 2, ...page }) };
  return faulty(paged, (_, at) =>
    at === number ? { when: "before", error: new RegistryError(code, "no") } : undefined,
  );
}

describe("everyTag()", () => {
  it("finds none where the repository is not there", async () => {
    expect(await everyTag(memoryRegistry(), repository)).toEqual([]);
    expect(await everyTag(await failingOn(1, "NAME_UNKNOWN"), repository)).toEqual([]);
  });

  it.each(["NAME_UNKNOWN", "MANIFEST_UNKNOWN", "UNSUPPORTED"] as const)(
    "never takes a later page that is %s for the end, nor for no tags at all",
    async (code) => {
      await expect(everyTag(await failingOn(2, code), repository)).rejects.toMatchObject({
        code: "ANSWER_INVALID",
        message: expect.stringContaining("could not be completed"),
      });
    },
  );
});
