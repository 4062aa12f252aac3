import { expect, it } from "vitest";
import { registryHandler } from "../../http/serving/handler.ts";
import { memoryRegistry } from "../../memory/memory.ts";
import { digestOf } from "../../registry/digest.ts";
import { mediaTypes } from "../../registry/image.ts";
import { parseRepositoryName, parseTag } from "../../registry/names.ts";
import { putBlob } from "../../registry/uploads.ts";
import { readBody } from "../../wire/body.ts";
import { behaving, profiles, showing } from "./profiles.ts";

const [app, blobs] = [parseRepositoryName("app"), parseRepositoryName("blobs")];
const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }));

it.each([
  ["OPTIONS", "/v2/app/manifests/v1", [200, "DELETE, GET, HEAD, PUT"], [200, "DELETE, GET, HEAD, PUT"]],
  ["POST", "/v2/app/tags/list", [405, "GET"], [405, "GET"]],
  ["POST", "/v2/", [200, undefined], [200, undefined]],
  ["POST", `/v2/app/blobs/uploads/?digest=${digestOf(bytes)}`, [202, undefined], [202, undefined]],
  ["PUT", "/v2/app/manifests/v2", [400, undefined], [400, undefined]],
  ["GET", "/v2/_catalog?n=many", [200, undefined], [400, undefined]],
  ["GET", "/v2//%2e", [404, undefined], [404, undefined]],
])("%s %s is answered as both versions answer it", async (method, path, ...answers) => {
  for (const [place, expected] of answers.entries()) {
    const { status, headers } = await (await served(place))({ method, path, headers: {}, body: bytes });
    expect([status, headers.allow]).toEqual(expected);
  }
});

it.each([
  [0, ["app", "blobs"], null],
  [1, ["app"], []],
])("what has blobs alone, and no tags, is listed as each lists it", async (place, repositories, tags) => {
  const transport = await served(place);
  const read = async (path: string) =>
    JSON.parse(new TextDecoder().decode(await readBody(await transport({ method: "GET", path, headers: {} }), 1_000)));
  expect(await read("/v2/_catalog")).toEqual({ repositories });
  await transport({ method: "DELETE", path: `/v2/app/manifests/${digestOf(bytes)}`, headers: {} });
  expect(await read("/v2/app/tags/list")).toEqual({ name: "app", tags });
});

/** Serves an index and a blob like distribution 2 or 3. */
async function served(place: number) {
  const registry = memoryRegistry();
  await registry.putManifest(app, parseTag("v1"), { mediaType: mediaTypes.ociIndex, bytes });
  await putBlob(registry, blobs, bytes);
  const quirks = profiles[`distribution${place + 2}`]?.quirks ?? [];
  return showing(registryHandler(behaving(registry, quirks)), quirks);
}
