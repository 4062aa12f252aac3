import { createHash } from "node:crypto";
import { expect } from "vitest";
import { digestOf } from "../../../src/registry/digest.ts";
import { parseDigest } from "../../../src/registry/names.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { putBlob } from "../../../src/registry/uploads.ts";
import { app, bytesOf, first, image, other, pushed, unknown } from "./contents.ts";
import { expectCode, type Law } from "./law.ts";

const text = "0123456789";

/** Blobs: in, out, in part, elsewhere, and away. */
export const blobLaws: readonly Law[] = [
  {
    says: "a blob is read as it was written, also an empty and a large one",
    async holds(registry) {
      for (const bytes of [new Uint8Array(), bytesOf(text), new Uint8Array(3_000_000).fill(7)]) {
        const { digest, size } = await putBlob(registry, app, bytes);
        expect({ digest, size }).toEqual({ digest: digestOf(bytes), size: bytes.length });
        expect(await registry.statBlob(app, digest)).toBe(bytes.length);
        const read = await registry.getBlob(app, digest);
        expect(read.size).toBe(bytes.length);
        expect(Buffer.compare(await joined(read.content), bytes)).toBe(0);
      }
    },
  },
  {
    says: "a blob is read in part, first and last byte included",
    async holds(registry) {
      const { digest } = await putBlob(registry, app, bytesOf(text));
      const ranges = [
        [{ first: 0, last: 0 }, "0"],
        [{ first: 2, last: 4 }, "234"],
        [{ first: 7 }, "789"],
        [{ first: 8, last: 99 }, "89"],
      ] as const;
      for (const [range, part] of ranges) {
        const read = await registry.getBlob(app, digest, range);
        expect({ size: read.size, part: (await joined(read.content)).toString() }).toEqual({ size: 10, part });
      }
      await expectCode(registry.getBlob(app, digest, { first: 10 }), "RANGE_INVALID");
    },
  },
  {
    says: "an upload takes its content in several parts and counts them",
    async holds(registry) {
      const upload = await registry.openUpload(app);
      expect(upload.size).toBe(0);
      await upload.append(streamed("01234"));
      expect(upload.size).toBe(5);
      await upload.append(streamed("56", "789"));
      expect(upload.size).toBe(10);
      await upload.commit(digestOf(bytesOf(text)));
      expect(await contentOf(registry, text)).toBe(text);
    },
  },
  {
    says: "an upload may end with a sha512",
    async holds(registry) {
      const digest = parseDigest(`sha512:${createHash("sha512").update(text).digest("hex")}`);
      const upload = await registry.openUpload(app);
      await upload.append(streamed(text));
      expect((await upload.commit(digest)).digest).toBe(digest);
      expect((await joined((await registry.getBlob(app, digest)).content)).toString()).toBe(text);
    },
  },
  {
    says: "an upload that is not what its digest says is refused, and nothing of it stays",
    async holds(registry) {
      const upload = await registry.openUpload(app);
      await upload.append(streamed("something else"));
      await expectCode(upload.commit(digestOf(bytesOf(text))), "DIGEST_INVALID");
      await expectCode(registry.statBlob(app, digestOf(bytesOf(text))), "BLOB_UNKNOWN");
      await expectCode(registry.statBlob(app, digestOf(bytesOf("something else"))), "BLOB_UNKNOWN");
    },
  },
  {
    says: "a cancelled upload leaves nothing",
    async holds(registry) {
      const upload = await registry.openUpload(app);
      await upload.append(streamed(text));
      await upload.cancel();
      await expectCode(registry.statBlob(app, digestOf(bytesOf(text))), "BLOB_UNKNOWN");
    },
  },
  {
    says: "uploads at once, also of the same content, do not disturb each other",
    async holds(registry) {
      const texts = Array.from({ length: 12 }, (_, index) => `content ${index % 4}`);
      await Promise.all(texts.map((content) => putBlob(registry, app, bytesOf(content))));
      for (const content of texts) expect(await contentOf(registry, content)).toBe(content);
    },
  },
  {
    says: "an unknown blob is unknown, also where another repository has it",
    async holds(registry) {
      const { digest } = await putBlob(registry, other, bytesOf(text));
      await pushed(registry, "amd64", [first]);
      for (const missing of [digest, unknown]) {
        await expectCode(registry.statBlob(app, missing), "BLOB_UNKNOWN");
        await expectCode(registry.getBlob(app, missing), "BLOB_UNKNOWN");
        await expectCode(registry.deleteBlob(app, missing), "BLOB_UNKNOWN");
      }
    },
  },
  {
    says: "mountBlob() makes a blob of one repository known in another",
    async holds(registry) {
      const { digest } = await putBlob(registry, other, bytesOf(text));
      expect(await registry.mountBlob(app, unknown, other)).toBe(false);
      expect(await registry.mountBlob(app, digest, other)).toBe(true);
      await registry.deleteBlob(other, digest);
      expect(await contentOf(registry, text)).toBe(text);
    },
  },
  {
    says: "deleteBlob() forgets a blob here and nowhere else",
    async holds(registry) {
      for (const repository of [app, other]) await putBlob(registry, repository, bytesOf(text));
      await registry.deleteBlob(app, digestOf(bytesOf(text)));
      await expectCode(registry.statBlob(app, digestOf(bytesOf(text))), "BLOB_UNKNOWN");
      expect(await registry.statBlob(other, digestOf(bytesOf(text)))).toBe(10);
    },
  },
  {
    says: "deleteBlob() beside uploads and mounts of the same blob disturbs none of them",
    async holds(registry) {
      const { digest } = await putBlob(registry, other, bytesOf(text));
      let left = 2;
      const often = async (work: () => Promise<unknown>) => {
        try {
          for (let round = 0; round < 30; round++) await work();
        } finally {
          left--;
        }
      };
      const deleting = async () => {
        while (left > 0) {
          const deletion = registry.deleteBlob(app, digest);
          await deletion.catch((error) => expectCode(Promise.reject(error), "BLOB_UNKNOWN"));
        }
      };
      const writing = [() => registry.mountBlob(app, digest, other), () => putBlob(registry, app, bytesOf(text))];
      await Promise.all([...writing.map(often), deleting()]);
      await putBlob(registry, app, bytesOf(text));
      expect(await contentOf(registry, text)).toBe(text);
    },
  },
  {
    says: "a blob that was deleted can be pushed again",
    async holds(registry) {
      const manifest = await image(registry, "amd64");
      await putBlob(registry, app, bytesOf(text));
      await registry.deleteBlob(app, digestOf(bytesOf(text)));
      await putBlob(registry, app, bytesOf(text));
      expect(await contentOf(registry, text)).toBe(text);
      await registry.putManifest(app, first, manifest);
    },
  },
];

async function contentOf(registry: Registry, content: string): Promise<string> {
  const { content: stream } = await registry.getBlob(app, digestOf(bytesOf(content)));
  return (await joined(stream)).toString();
}

async function joined(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}

async function* streamed(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield bytesOf(part);
}
