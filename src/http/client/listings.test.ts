import { describe, expect, it } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { parseDigest, parseRepositoryName } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { nodeTransport } from "../connection/node-transport.ts";
import { httpRegistry } from "./client.ts";

const repository = parseRepositoryName("a");
const digest = parseDigest(`sha256:${"a".repeat(64)}`);

/** A registry that sends this as every listing. */
async function listing(body: string): Promise<Registry> {
  return httpRegistry(nodeTransport(await serving((_, response) => void response.end(body))));
}

const listings: Readonly<Record<string, (registry: Registry) => Promise<unknown>>> = {
  repositories: (registry) => registry.listRepositories(),
  tags: (registry) => registry.listTags(repository),
  manifests: (registry) => registry.listReferrers(repository, digest),
};

describe.each(Object.entries(listings))("a listing of %s", (list, read) => {
  it("may be null, as Go writes an empty list", async () => {
    expect(await read(await listing(`{"name":"a","${list}":null}`))).toEqual({ items: [] });
  });

  it.each([
    "[]",
    "{}",
    "null",
    '{"status":"maintenance"}',
    '{"errors":[{"code":"UNKNOWN"}]}',
    `{"more":{"${list}":null}}`,
  ])("is never empty because of %s", async (body) => {
    await expect(read(await listing(body))).rejects.toMatchObject({ code: "ANSWER_INVALID" });
  });
});

it("takes what is null in a list of referrers for absent, as Go writes empty maps", async () => {
  const found = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 2 };
  const manifests = [{ ...found, annotations: null, platform: null, artifactType: null }];
  const registry = await listing(JSON.stringify({ schemaVersion: 2, manifests, annotations: null }));
  const { items } = await registry.listReferrers(repository, digest);
  expect(items).toEqual([found]);
});

it.each([
  ["text/plain", "404 page not found\n", "UNAVAILABLE"],
  ["text/html", "<html>Not Found</html>", "UNAVAILABLE"],
  ["application/json", '{"errors":[{"code":"NAME_UNKNOWN"}]}', "NAME_UNKNOWN"],
])("a 404 in %s for the tags is an absence only where a registry says so", async (type, body, code) => {
  const origin = await serving((_, response) => {
    response.writeHead(404, { "content-type": type });
    response.end(body);
  });
  const listing = httpRegistry(nodeTransport(origin)).listTags(parseRepositoryName("a"));
  await expect(listing).rejects.toMatchObject({ code, status: 404 });
});
