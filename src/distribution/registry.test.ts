import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { digestOf } from "../registry/digest.ts";
import { type Manifest, mediaTypes } from "../registry/image.ts";
import {
  isRepositoryName,
  parseDigest,
  parseRepositoryName,
  parseTag,
  type RepositoryName,
} from "../registry/names.ts";
import { allOf } from "../registry/pages.ts";
import type { Registry } from "../registry/registry.ts";
import { putBlob } from "../registry/uploads.ts";
import { pooled } from "../support/pool.ts";
import { blobFile, blobsFolder, currentLink, layerFolder, linkIn, repositoriesFolder, tagsFolder } from "./paths.ts";
import { distributionRegistry } from "./registry.ts";

const app = parseRepositoryName("team/app");
const [one, two] = [parseTag("1"), parseTag("2")];
const index: Manifest = {
  mediaType: mediaTypes.ociIndex,
  bytes: bytesOf(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] })),
};
const digest = digestOf(index.bytes);

let directory: string;
let registry: Registry;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tagwise-distribution-"));
  registry = distributionRegistry(directory);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it("keeps what it was given for the registry that comes after it", async () => {
  await registry.putManifest(app, one, index);
  const { digest: blob } = await putBlob(registry, app, bytesOf("blob"));
  const next = distributionRegistry(directory);
  expect((await next.resolve(app, one)).digest).toBe(digest);
  expect(await next.statBlob(app, blob)).toBe(4);
});

it("leaves nothing half-written or under way behind", async () => {
  await registry.putManifest(app, one, index);
  await putBlob(registry, app, bytesOf("blob"));
  const cancelled = await registry.openUpload(app);
  await cancelled.append(streamed("cancelled"));
  await cancelled.cancel();
  const left = readdirSync(directory, { recursive: true, encoding: "utf8" });
  expect(left.filter((path) => /_uploads\/|passing\/\w+\/./.test(path))).toEqual([]);
});

it("lists no tag whose push failed", async () => {
  await registry.putManifest(app, one, index);
  const other = { ...index, bytes: Buffer.concat([index.bytes, bytesOf(" ")]) };
  rmSync(join(directory, blobsFolder), { recursive: true });
  writeFileSync(join(directory, blobsFolder), "in the way");
  await expect(registry.putManifest(app, two, other)).rejects.toMatchObject({ code: "ENOTDIR" });
  expect((await registry.listTags(app)).items).toEqual([one]);
});

it("lists a tag only when it leads to its manifest", async () => {
  await registry.putManifest(app, one, index);
  const tags = Array.from({ length: 50 }, (_, number) => parseTag(`t${number}`));
  let left = tags.length;
  const pushing = pooled(tags, (tag) => registry.putManifest(app, tag, index).finally(() => left--), {
    concurrency: 2,
  });
  const seen = new Set<string>();
  while (left > 0) {
    const fresh = (await registry.listTags(app)).items.filter((tag) => !seen.has(tag) && seen.add(tag));
    for (const tag of fresh) expect((await registry.resolve(app, tag)).digest).toBe(digest);
  }
  await pushing;
});

it("takes an empty link, which the real registry leaves for a moment, for a tag without a manifest", async () => {
  await registry.putManifest(app, one, index);
  truncateSync(join(directory, currentLink(app, one)));
  await expect(registry.resolve(app, one)).rejects.toMatchObject({ code: "MANIFEST_UNKNOWN" });
  expect((await registry.listTags(app)).items).toEqual([one]);
  await registry.deleteTag(app, one);
  expect((await registry.listTags(app)).items).toEqual([]);
});

it.each([
  ["no schemaVersion", mediaTypes.ociManifest, {}],
  ["another schemaVersion", mediaTypes.ociManifest, { schemaVersion: 3 }],
  ["a type of its own", "text/plain", { schemaVersion: 2, mediaType: "text/plain" }],
  ["the type of artifacts", mediaTypes.ociArtifact, { schemaVersion: 2, mediaType: mediaTypes.ociArtifact }],
])("refuses a manifest with %s, which distribution could not read back", async (_, mediaType, content) => {
  const manifest = { mediaType, bytes: bytesOf(JSON.stringify(content)) };
  await expect(registry.putManifest(app, one, manifest)).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
  const marked = { ...index, bytes: Buffer.concat([Buffer.from("\ufeff"), index.bytes]) };
  await expect(registry.putManifest(app, one, marked)).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
  await expect(registry.listTags(app)).rejects.toMatchObject({ code: "NAME_UNKNOWN" });
});

it("passes over what is no tag and no repository", async () => {
  await registry.putManifest(app, one, index);
  mkdirSync(join(directory, tagsFolder(app), "-no-tag"));
  mkdirSync(join(directory, repositoriesFolder, "UPPER", "_manifests"), { recursive: true });
  expect(await allOf((page) => registry.listRepositories(page))).toEqual([app]);
  expect((await registry.listTags(app)).items).toEqual([one]);
});

it("does not give out bytes that are not those of the digest", async () => {
  await registry.putManifest(app, one, index);
  const { digest: blob } = await putBlob(registry, app, bytesOf("blob"));
  writeFileSync(join(directory, blobFile(digest)), `${new TextDecoder().decode(index.bytes)} `);
  writeFileSync(join(directory, blobFile(blob)), "blub");
  const next = distributionRegistry(directory);
  await expect(next.getManifest(app, one)).rejects.toMatchObject({ code: "ANSWER_INVALID" });
  const { content } = await next.getBlob(app, blob);
  await expect(readAll(content)).rejects.toMatchObject({ code: "ANSWER_INVALID" });
});

it("mends what is damaged when it is pushed again, and lets a damaged manifest be deleted", async () => {
  await registry.putManifest(app, one, index);
  const { digest: blob } = await putBlob(registry, app, bytesOf("blob"));
  const damage = () => {
    writeFileSync(join(directory, blobFile(digest)), Buffer.alloc(index.bytes.length));
    writeFileSync(join(directory, blobFile(blob)), "blub");
  };
  damage();
  await registry.putManifest(app, one, index);
  await putBlob(registry, app, bytesOf("blob"));
  const next = distributionRegistry(directory);
  expect((await next.resolve(app, one)).digest).toBe(digest);
  expect(await readAll((await next.getBlob(app, blob)).content)).toBe("blob");
  damage();
  const last = distributionRegistry(directory);
  await expect(last.getManifest(app, digest)).rejects.toMatchObject({ code: "ANSWER_INVALID" });
  await last.deleteManifest(app, digest);
  expect((await last.listTags(app)).items).toEqual([]);
});

it("does not remember what a collector has taken", async () => {
  await registry.putManifest(app, one, index);
  expect(digestOf((await registry.getManifest(app, one)).bytes)).toBe(digest);
  rmSync(join(directory, blobFile(digest)));
  await expect(registry.getManifest(app, one)).rejects.toMatchObject({ code: "MANIFEST_UNKNOWN" });
  await registry.putManifest(app, two, index);
  expect((await registry.resolve(app, one)).digest).toBe(digest);
});

it("keeps no part of an upload that broke off, and goes on with it where it stopped", async () => {
  const upload = await registry.openUpload(app);
  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield bytesOf("0123");
    throw new Error("the client is gone");
  }
  await expect(upload.append(breaking())).rejects.toThrow("the client is gone");
  expect(upload.size).toBe(4);
  await upload.append(streamed("456789"));
  const { digest: blob } = await upload.commit(digestOf(bytesOf("0123456789")));
  expect(await readAll((await registry.getBlob(app, blob)).content)).toBe("0123456789");
});

it("forgets a blob in one repository and keeps its bytes for the others", async () => {
  const { digest: blob } = await putBlob(registry, app, bytesOf("blob"));
  await registry.deleteBlob(app, blob);
  expect(readdirSync(join(directory, layerFolder(app, blob), ".."))).toEqual([]);
  expect(readdirSync(join(directory, blobFile(blob), ".."))).toEqual(["data"]);
});

it("finds what distribution took under another digest, stored under its sha256, there and where it is mounted", async () => {
  const { digest: stored } = await putBlob(registry, app, bytesOf("blob"));
  const sha512 = parseDigest(`sha512:${createHash("sha512").update("blob").digest("hex")}`);
  const link = join(directory, linkIn(layerFolder(app, sha512)));
  mkdirSync(dirname(link), { recursive: true });
  writeFileSync(link, stored);
  const other = parseRepositoryName("other");
  expect(await registry.mountBlob(other, sha512, app)).toBe(true);
  expect(await registry.statBlob(other, stored)).toBe(4);
  await registry.deleteBlob(app, sha512);
  await expect(registry.statBlob(app, sha512)).rejects.toMatchObject({ code: "BLOB_UNKNOWN" });
  expect(await registry.statBlob(other, sha512)).toBe(4);
  expect(await readAll((await registry.getBlob(other, sha512)).content)).toBe("blob");
});

it("writes links as distribution reads them: the digest and nothing else", async () => {
  await registry.putManifest(app, one, index);
  const { digest: blob } = await putBlob(registry, app, bytesOf("blob"));
  expect(readFileSync(join(directory, currentLink(app, one)), "utf8")).toBe(digest);
  expect(readFileSync(join(directory, linkIn(layerFolder(app, blob))), "utf8")).toBe(blob);
});

const names = fc.uniqueArray(
  fc
    .array(fc.stringMatching(/^[a-c]([-.][a-c])?$/), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join("/"))
    .filter(isRepositoryName),
  { maxLength: 8 },
);

it("lists repositories in pages of any size that join to the whole, in one order", async () => {
  await fc.assert(
    fc.asyncProperty(names, fc.integer({ min: 1, max: 4 }), async (wanted: readonly RepositoryName[], limit) => {
      rmSync(join(directory, repositoriesFolder), { recursive: true, force: true });
      for (const name of wanted) mkdirSync(join(directory, tagsFolder(name)), { recursive: true });
      const whole = await allOf((page) => registry.listRepositories(page));
      expect([...whole].sort()).toEqual([...wanted].sort());
      expect(await allOf((page) => registry.listRepositories({ limit, ...page }))).toEqual(whole);
      for (const [place, after] of whole.entries()) {
        expect((await registry.listRepositories({ after })).items).toEqual(whole.slice(place + 1));
      }
    }),
    { numRuns: 40 },
  );
});

async function readAll(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function* streamed(content: string): AsyncGenerator<Uint8Array> {
  yield bytesOf(content);
}

function bytesOf(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
