import { expect, it } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { parseDigest, parseRepositoryName } from "../../registry/names.ts";
import { nodeTransport } from "../connection/node-transport.ts";
import { httpRegistry } from "./client.ts";

it("takes what is null in a list of referrers for absent, as Go writes empty maps", async () => {
  const digest = parseDigest(`sha256:${"a".repeat(64)}`);
  const found = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 2 };
  const origin = await serving((_, response) => {
    response.setHeader("content-type", "application/vnd.oci.image.index.v1+json");
    const manifests = [{ ...found, annotations: null, platform: null, artifactType: null }];
    response.end(JSON.stringify({ schemaVersion: 2, manifests, annotations: null }));
  });
  const { items } = await httpRegistry(nodeTransport(origin)).listReferrers(parseRepositoryName("a"), digest);
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
