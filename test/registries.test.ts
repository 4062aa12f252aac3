import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quirky } from "../src/app/serving/serve-registry.ts";
import { intercept } from "../src/decorators/intercept.ts";
import { profiles } from "../src/decorators/quirks/profiles.ts";
import { distributionRegistry } from "../src/distribution/registry.ts";
import { httpRegistry } from "../src/http/client/client.ts";
import { nodeTransport } from "../src/http/connection/node-transport.ts";
import { registryHandler } from "../src/http/serving/handler.ts";
import { listen } from "../src/http/serving/listen.ts";
import { memoryRegistry } from "../src/memory/memory.ts";
import type { Registry } from "../src/registry/registry.ts";
import { describeRegistry } from "./suites/describe-registry.ts";
import { departuresOf, departuresWithoutDeletion } from "./suites/registry/departures.ts";

describeRegistry("memory", () => ({ registry: memoryRegistry() }));
describeRegistry("a client of a handler of memory", () => ({ registry: proxied(memoryRegistry()) }));
describeRegistry("a proxy of a proxy", () => ({ registry: proxied(proxied(memoryRegistry())) }));
describeRegistry("an intercepted registry", () => ({
  registry: intercept(memoryRegistry(), (_call, proceed) => proceed()),
}));
describeRegistry("a client over a socket", async () => {
  const server = await listen(registryHandler(memoryRegistry()));
  return { registry: httpRegistry(nodeTransport(new URL(server.url))), close: server.close };
});

describeRegistry("a directory", async () => {
  const directory = await mkdtemp(join(tmpdir(), "tagwise-storage-"));
  const close = () => rm(directory, { recursive: true, force: true });
  return { registry: distributionRegistry(directory), close };
});

for (const [name, profile] of Object.entries(profiles)) {
  const departures = departuresOf[name] ?? {};
  describeRegistry(`behaving like ${name}`, () => ({ registry: clientOf({ profile }) }), { departures });
}
describeRegistry(
  "deletion switched off",
  () => ({ registry: clientOf({ profile: { summary: "", quirks: [] }, noDelete: true }) }),
  {
    departures: departuresWithoutDeletion,
  },
);

function clientOf(options: Parameters<typeof quirky>[1]): Registry {
  return httpRegistry(quirky(memoryRegistry(), options).transport);
}

function proxied(registry: Registry): Registry {
  return httpRegistry(registryHandler(registry));
}
