import { describe, expect, it } from "vitest";
import { digestOf } from "../../registry/digest.ts";
import { describe as describeManifest, mediaTypes } from "../../registry/image.ts";
import { parseRepositoryName, parseTag } from "../../registry/names.ts";
import { collected } from "../../registry/streams.ts";
import { bodyOf } from "../../wire/body.ts";
import type { Headers } from "../../wire/transport.ts";
import { httpRegistry } from "./client.ts";

const repository = parseRepositoryName("team/app");
const tag = parseTag("latest");
const mediaType = mediaTypes.ociIndex;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const manifest = { mediaType, bytes: bytesOf('{"schemaVersion":2,"manifests":[]}') };
const { digest } = describeManifest(manifest);
const elsewhere = digestOf(bytesOf("something else"));

/** A registry that answers everything so. */
function answering(bytes: Uint8Array, headers: Headers = {}) {
  return httpRegistry(async () => ({
    status: 200,
    headers: { "content-type": mediaType, ...headers },
    body: bodyOf(bytes),
  }));
}

/** A manifest of so many bytes. */
function padded(size: number): Uint8Array {
  return bytesOf(new TextDecoder().decode(manifest.bytes).padEnd(size));
}

describe("a client believes no registry that", () => {
  it.each([
    ["sends another manifest than that of the digest", digest, {}],
    ["names another digest than that of what it sends", tag, { "docker-content-digest": digest }],
  ])("%s", async (_, reference, headers) => {
    const other = answering(bytesOf('{"schemaVersion":2}'), headers);
    await expect(other.getManifest(repository, reference)).rejects.toMatchObject({
      code: "ANSWER_INVALID",
      message: `the registry sent other bytes than those of ${digest}`,
    });
    expect(await answering(manifest.bytes, headers).getManifest(repository, reference)).toEqual(manifest);
  });

  it("sends another blob than that of the digest", async () => {
    const { content } = await answering(bytesOf("something else")).getBlob(repository, digest);
    await expect(collected(content, 1000)).rejects.toMatchObject({ code: "ANSWER_INVALID" });
    const asked = await answering(bytesOf("something else")).getBlob(repository, elsewhere);
    expect(await collected(asked.content, 1000)).toEqual(bytesOf("something else"));
  });

  it("stores another manifest than it was sent", async () => {
    const storing = (stored: string) =>
      answering(bytesOf(""), { "docker-content-digest": stored }).putManifest(repository, tag, manifest);
    await expect(storing(elsewhere)).rejects.toMatchObject({
      code: "ANSWER_INVALID",
      message: `the registry stored ${elsewhere} instead of ${digest}`,
    });
    expect(await storing(digest)).toMatchObject({ digest });
  });

  it("sends a manifest of more than 4 MiB", async () => {
    const largest = 4 * 1024 * 1024;
    const read = async (size: number) => (await answering(padded(size)).getManifest(repository, tag)).bytes.length;
    expect(await read(largest)).toBe(largest);
    await expect(read(largest + 1)).rejects.toMatchObject({
      code: "ANSWER_INVALID",
      message: `the answer has more than ${largest} bytes`,
    });
  });
});
