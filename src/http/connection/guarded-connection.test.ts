import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { expect, it, onTestFinished } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { connection } from "./connection.ts";

const name = "inside.example";
const get = { method: "GET", path: "/v2/a/blobs/x", headers: {} };

/** The system's resolver, which for one test knows that name too. */
function resolvingTo(address: string): void {
  const { lookup } = dns;
  const knowing = (host: string, ...rest: readonly unknown[]) =>
    Reflect.apply(lookup, dns, [host === name ? address : host, ...rest]);
  replaceLookup(Object.assign(knowing, lookup));
  onTestFinished(() => replaceLookup(lookup));
}

function replaceLookup(lookup: typeof dns.lookup): void {
  dns.lookup = lookup;
  syncBuiltinESMExports();
}

/** A server by that name, and a registry that redirects to it. */
async function world() {
  const seen: string[] = [];
  const inside = await serving((request, response) => {
    seen.push(request.headers.host ?? "");
    response.end();
  });
  inside.hostname = name;
  const registry = await serving((_, response) => response.writeHead(307, { location: `${inside.href}blob` }).end());
  return { inside, registry, seen };
}

// 0.0.0.0 leads to this machine, as 169.254.169.254 leads to a cloud's metadata
it("connection() follows no redirect to a name that leads to a refused address", async () => {
  resolvingTo("0.0.0.0");
  const { registry, seen } = await world();
  await expect(connection(registry)(get)).rejects.toMatchObject({ code: "UNREACHABLE" });
  expect(seen).toEqual([]);
});

it("connection() follows one to a name that leads elsewhere", async () => {
  resolvingTo("127.0.0.1");
  const { inside, registry, seen } = await world();
  expect((await connection(registry)(get)).status).toBe(200);
  expect(seen).toEqual([inside.host]);
});

it("connection() takes the registry's own name as a person gave it, wherever it leads", async () => {
  resolvingTo("0.0.0.0");
  const { inside } = await world();
  expect((await connection(inside)(get)).status).toBe(200);
});
