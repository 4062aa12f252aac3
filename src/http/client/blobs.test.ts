import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { digestOf } from "../../registry/digest.ts";
import { parseDigest, parseRepositoryName } from "../../registry/names.ts";
import { readBody } from "../../wire/body.ts";
import { nodeTransport } from "../connection/node-transport.ts";
import { registryHandler } from "../serving/handler.ts";
import { httpRegistry } from "./client.ts";

const repository = parseRepositoryName("team/app");
const config = Buffer.from('{"architecture":"amd64","os":"linux"}');

/** A registry that sends a blob in chunks, and the whole of it whatever is asked for. */
async function chunking() {
  const ports = new Set<number | undefined>();
  const seen: string[] = [];
  const origin = await serving(({ method, url, socket }, response) => {
    ports.add(socket.remotePort);
    seen.push(`${method} ${url}`);
    response.write(config);
    response.end();
  });
  return { registry: httpRegistry(nodeTransport(origin)), ports, seen };
}

describe("statBlob()", () => {
  /** Sends no length with HEAD, and another answer to GET. */
  async function lengthless(status: number, headers: Readonly<Record<string, string>>) {
    const ranges: (string | undefined)[] = [];
    const origin = await serving(({ method, headers: { range } }, response) => {
      if (method === "HEAD") return void response.end();
      ranges.push(range);
      response.writeHead(status, headers).write("{");
      response.end();
    });
    return { registry: httpRegistry(nodeTransport(origin)), ranges };
  }

  it.each([
    ["the place of the byte", 206, { "content-range": "bytes 0-0/37" }, 37],
    ["the length of the whole, where that is sent", 200, { "content-length": "1" }, 1],
  ])("reads the size from %s, where HEAD does not tell", async (_, status, headers, size) => {
    const { registry, ranges } = await lengthless(status, headers);
    expect(await registry.statBlob(repository, digestOf(config))).toBe(size);
    expect(ranges).toEqual(["bytes=0-0"]);
  });

  it.each([
    [206, { "content-range": "bytes 0-0/*", "content-length": "1" }],
    [206, { "content-length": "1" }],
    [200, {}],
  ])("says that the size is not told by a %d with %j either", async (status, headers) => {
    const { registry } = await lengthless(status, headers);
    await expect(registry.statBlob(repository, digestOf(config))).rejects.toMatchObject({ code: "ANSWER_INVALID" });
  });
});

describe("getBlob()", () => {
  it("reads a blob whose size the registry does not say, also through a proxy", async () => {
    const { registry } = await chunking();
    for (const one of [registry, httpRegistry(registryHandler(registry))]) {
      const { size, content } = await one.getBlob(repository, digestOf(config));
      expect(size).toBeUndefined();
      expect(Buffer.from(await readBody({ body: content }, 1000))).toEqual(config);
    }
  });

  it("asks for nothing that nobody here can verify", async () => {
    const { registry, seen } = await chunking();
    const digest = parseDigest(`sha384:${createHash("sha384").update(config).digest("hex")}`);
    await expect(registry.getBlob(repository, digest)).rejects.toMatchObject({ code: "DIGEST_INVALID" });
    expect(seen).toEqual([]);
  });

  it("takes no whole for a part, and frees its connection", async () => {
    const { registry, ports } = await chunking();
    for (let n = 0; n < 3; n++) {
      const part = registry.getBlob(repository, digestOf(config), { first: 2, last: 4 });
      await expect(part).rejects.toMatchObject({ code: "ANSWER_INVALID" });
    }
    expect(ports.size).toBe(1);
  });
});
