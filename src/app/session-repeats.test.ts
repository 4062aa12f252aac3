import { expect, it } from "vitest";
import { app, indexOf, first as tag } from "../../test/suites/registry/contents.ts";
import { serving } from "../../test/support/servers.ts";
import { parseRegistryPrefix } from "../registry/reference.ts";
import type { Registry } from "../registry/registry.ts";
import { openSession } from "./session.ts";

const manifest = indexOf([]);
const { digest } = manifest.descriptor;

it.each<[string, number, (registry: Registry) => Promise<unknown>]>([
  ["a read", 2, (registry) => registry.resolve(app, tag)],
  ["a push to a digest, which changes nothing", 2, (registry) => registry.putManifest(app, digest, manifest)],
  ["a push to a tag, to which somebody may push", 1, (registry) => registry.putManifest(app, tag, manifest)],
  ["the deletion of a tag", 1, (registry) => registry.deleteTag(app, tag)],
  ["the deletion of a manifest", 1, (registry) => registry.deleteManifest(app, digest)],
])("a session on a registry that is busy sends %s %d time(s)", async (_, times, call) => {
  const seen: string[] = [];
  const server = await serving(({ method, url }, response) => {
    if (url === "/v2/") return void response.end();
    seen.push(`${method} ${url}`);
    response.writeHead(503, { "retry-after": "0" }).end();
  });
  const { registry } = openSession(parseRegistryPrefix(server.host).registry, { retries: 1 });
  await expect(call(registry)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(seen).toHaveLength(times);
});
