import { describe, expect, it } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { digestOf } from "../../registry/digest.ts";
import { mediaTypes } from "../../registry/image.ts";
import { parseRepositoryName, parseTag } from "../../registry/names.ts";
import { nodeTransport } from "../connection/node-transport.ts";
import { httpRegistry } from "./client.ts";

const repository = parseRepositoryName("team/app");
const tag = parseTag("v1");
const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }));
const digest = digestOf(bytes);

interface Answers {
  readonly head?: number;
  readonly type?: string;
  readonly body?: Buffer | string;
}

/** A registry with one tag, and how it answers for it. */
async function answering({ head = 200, type = mediaTypes.ociIndex, body = bytes }: Answers) {
  const methods: string[] = [];
  const origin = await serving(({ method = "" }, response) => {
    methods.push(method);
    response.statusCode = method === "HEAD" ? head : 200;
    if (type !== "") response.setHeader("content-type", type);
    if (response.statusCode === 200) response.setHeader("docker-content-digest", digest);
    if (method === "HEAD") response.setHeader("content-length", body.length);
    response.end(method === "HEAD" ? undefined : body);
  });
  return { registry: httpRegistry(nodeTransport(origin)), methods };
}

it("asks caches for the registry's own answer about a tag, and not about a digest", async () => {
  const asked: (string | undefined)[] = [];
  const origin = await serving(({ headers, method, url }, response) => {
    asked.push(`${method} ${url?.split("/").at(-1)?.slice(0, 6)} ${headers["cache-control"]}`);
    response.setHeader("content-type", mediaTypes.ociIndex).setHeader("docker-content-digest", digest);
    if (method === "HEAD") response.setHeader("content-length", bytes.length);
    response.end(method === "HEAD" ? undefined : url?.endsWith("list") ? '{"tags":["v1"]}' : bytes);
  });
  const registry = httpRegistry(nodeTransport(origin));
  for (const reference of [tag, digest]) {
    await registry.resolve(repository, reference);
    await registry.getManifest(repository, reference);
  }
  await registry.listTags(repository);
  const byDigest = ["HEAD sha256 undefined", "GET sha256 undefined"];
  expect(asked).toEqual(["HEAD v1 no-cache", "GET v1 no-cache", ...byDigest, "GET list no-cache"]);
});

describe("resolve()", () => {
  it("takes one HEAD where its answer says all", async () => {
    const { registry, methods } = await answering({});
    const found = { mediaType: mediaTypes.ociIndex, digest, size: bytes.length };
    expect(await registry.resolve(repository, tag)).toEqual(found);
    expect(methods).toEqual(["HEAD"]);
  });

  it.each([404, 405])("asks by GET where a HEAD is answered %d, as Nexus did for every tag", async (head) => {
    const { registry, methods } = await answering({ head });
    expect(await registry.resolve(repository, tag)).toMatchObject({ digest });
    expect(methods).toEqual(["HEAD", "GET"]);
  });
});

describe("the media type of a manifest", () => {
  const named = ["", "application/json", "text/plain; charset=utf-8", "application/octet-stream"];
  it.each(named)("is what its bytes say where the answer says %j", async (type) => {
    const { registry } = await answering({ type });
    expect(await registry.getManifest(repository, tag)).toMatchObject({ mediaType: mediaTypes.ociIndex });
    expect(await registry.resolve(repository, tag)).toMatchObject({ mediaType: mediaTypes.ociIndex, digest });
  });

  it("is that of the answer otherwise", async () => {
    const { registry } = await answering({ type: "application/vnd.example.index+json; charset=utf-8" });
    expect(await registry.getManifest(repository, tag)).toMatchObject({
      mediaType: "application/vnd.example.index+json",
    });
  });
});

it("a page that a web server sends for everything is no manifest", async () => {
  const { registry } = await answering({ type: "text/html", body: "<html>Down for maintenance</html>" });
  await expect(registry.getManifest(repository, tag)).rejects.toMatchObject({ code: "ANSWER_INVALID" });
  await expect(registry.resolve(repository, tag)).rejects.toMatchObject({ code: "ANSWER_INVALID" });
});
