import { createHash, type Hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { expect, it } from "vitest";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { startEmbedded } from "./harness/embedded.ts";
import { ask, type RegistryServer } from "./harness/registry-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";

const size = 2 * 1024 ** 3;
const mebibyte = 1024 ** 2;

type Target = Pick<RegistryServer, "origin">;

describeWith(["docker-registry"], "a layer of two gibibytes", () => {
  const stage = openStage();

  it("goes in and out of the embedded registry in under 200 MB of memory, and the real one serves it", async () => {
    const storage = stage.newDirectory("storage");
    const embedded = await startEmbedded(stage, ["--storage", storage]);
    const watch = watchMemory(embedded.pid());
    const digest = await uploadLarge(embedded);
    expect(await downloaded(embedded, digest)).toEqual({ digest, size });
    const peak = watch.stop();
    console.log(`peak resident size ${Math.round(peak.bytes / mebibyte)} MiB over ${peak.samples} samples`);
    expect(peak.samples).toBeGreaterThan(20);
    expect(peak.bytes).toBeLessThan(200 * 1e6);
    await embedded.stop();

    const real = await startDockerRegistry(stage, { storage });
    expect(await downloaded(real, digest)).toEqual({ digest, size });
  }, 900_000);
});

/** Sends the layer in one stream, never whole in memory nor on the disk; resolves to its digest. */
async function uploadLarge(server: Target): Promise<string> {
  const opened = await ask(server, "POST", "/v2/large/blobs/uploads/");
  const hash = createHash("sha256");
  const patched = await send(server, "PATCH", opened.headers.location ?? "", hash);
  expect(patched.statusCode).toBe(202);
  const digest = `sha256:${hash.digest("hex")}`;
  const path = `${patched.headers.location}?digest=${digest}`;
  expect((await ask(server, "PUT", path, { body: new Uint8Array() })).status).toBe(201);
  return digest;
}

function send({ origin }: Target, method: string, path: string, hash: Hash): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, origin), { method, headers: { "content-length": size } }, (incoming) => {
      incoming.resume();
      incoming.on("end", () => resolve(incoming)).on("error", reject);
    });
    outgoing.on("error", reject);
    write(outgoing, hash).catch(reject);
  });
}

async function write(outgoing: ReturnType<typeof request>, hash: Hash): Promise<void> {
  for (let sent = 0; sent < size; sent += mebibyte) {
    const chunk = Buffer.alloc(mebibyte, sent / mebibyte);
    hash.update(chunk);
    if (!outgoing.write(chunk)) await new Promise((resolve) => outgoing.once("drain", resolve));
  }
  outgoing.end();
}

function downloaded({ origin }: Target, digest: string): Promise<{ digest: string; size: number }> {
  const hash = createHash("sha256");
  let received = 0;
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(`/v2/large/blobs/${digest}`, origin), (incoming) => {
      incoming.on("data", (chunk: Buffer) => {
        hash.update(chunk);
        received += chunk.length;
      });
      incoming.on("end", () => resolve({ digest: `sha256:${hash.digest("hex")}`, size: received }));
      incoming.on("error", reject);
    });
    outgoing.on("error", reject).end();
  });
}

/** Samples the resident size of a process ten times a second. */
function watchMemory(pid: number): { stop(): { readonly bytes: number; readonly samples: number } } {
  let bytes = 0;
  let samples = 0;
  const timer = setInterval(() => {
    const kibibytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    bytes = Math.max(bytes, Number(kibibytes) * 1024);
    samples++;
  }, 100);
  return {
    stop() {
      clearInterval(timer);
      return { bytes, samples };
    },
  };
}
