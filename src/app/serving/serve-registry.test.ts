import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { serversPassing } from "../../distribution/own-paths.ts";
import { httpRegistry } from "../../http/client/client.ts";
import { nodeTransport } from "../../http/connection/node-transport.ts";
import { parseRepositoryName } from "../../registry/names.ts";
import { putBlob } from "../../registry/uploads.ts";
import { fillWithSamples, sampleSiblings } from "./sample-images.ts";
import { behaviours, type ServedRegistry, type ServeOptions, serveRegistry } from "./serve-registry.ts";

const { repository, keep, remove } = sampleSiblings;
const open: ServedRegistry[] = [];
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tagwise-serve-"));
});
afterEach(async () => {
  for (const served of open.splice(0)) await served.close();
  await rm(directory, { recursive: true, force: true });
});

async function serving(options: ServeOptions = {}): Promise<ServedRegistry> {
  const served = await serveRegistry({ addr: "127.0.0.1:0", ...options });
  open.push(served);
  return served;
}

it("serves what is put into it, and what is put into it is served", async () => {
  const served = await serving();
  const client = httpRegistry(nodeTransport(new URL(served.url)));
  await fillWithSamples(served.registry);
  await client.deleteTag(repository, remove);
  expect((await served.registry.listTags(repository)).items).not.toContain(remove);
  expect((await served.registry.listTags(repository)).items).toContain(keep);
});

it("keeps a directory over a restart", async () => {
  const storage = join(directory, "storage");
  const first = await serving({ storage });
  const tags = await fillWithSamples(first.registry);
  await first.close();
  const second = await serving({ storage });
  for (const { repository, tag, digest } of tags) {
    expect((await second.registry.resolve(repository, tag)).digest).toBe(digest);
  }
});

it("refuses to listen where it was not told a place", async () => {
  for (const addr of ["5000", "127.0.0.1", "127.0.0.1:99999", "a b:1", "[::1:5", "http://127.0.0.1:5000", ""]) {
    await expect(serveRegistry({ addr })).rejects.toThrow(RangeError);
  }
});

it("knows no behaviour that is not in the table", async () => {
  for (const behaveLike of ["nothing", "toString", "__proto__"]) {
    await expect(serving({ behaveLike })).rejects.toThrow(RangeError);
  }
  for (const behaveLike of Object.keys(behaviours)) await serving({ behaveLike });
});

it("takes nothing in and lets nothing go when it is read-only", async () => {
  const storage = join(directory, "storage");
  await fillWithSamples((await serving({ storage })).registry);
  const served = await serving({ storage, readOnly: true });
  const client = httpRegistry(nodeTransport(new URL(served.url)));
  const { digest } = await client.resolve(repository, keep);
  const manifest = await client.getManifest(repository, keep);
  const writes = [
    () => client.putManifest(repository, remove, manifest),
    () => client.deleteManifest(repository, digest),
    () => client.deleteTag(repository, remove),
    () => client.openUpload(repository),
    () => client.mountBlob(repository, digest, repository),
    () => client.deleteBlob(repository, digest),
  ];
  for (const write of writes) await expect(write()).rejects.toMatchObject({ code: "UNSUPPORTED", status: 405 });
  expect((await client.resolve(repository, remove)).digest).toBe(digest);
});

it("asks for the password in the file it was given", async () => {
  const htpasswd = join(directory, "htpasswd");
  await writeFile(htpasswd, "ann:$2b$04$OLO4NHwXqfUyZqH3F5MPcOC0uO3NpBnh6r6oKYRMCZ5cPOCs6qVna\n");
  const { url } = await serving({ htpasswd });
  expect(await statusOf(url)).toBe(401);
  await writeFile(htpasswd, "ann:secret\n");
  await expect(serving({ htpasswd })).rejects.toThrow("bcrypt");
});

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/v2/`, { agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

it("keeps a storage for one server that writes, by whatever name it is called, until that is closed", async () => {
  const storage = join(directory, "kept");
  const first = await serving({ storage });
  await symlink(storage, join(directory, "other"));
  for (const name of [storage, join(directory, "other")]) {
    await expect(serving({ storage: name })).rejects.toMatchObject({
      code: "LOCKED",
      message: expect.stringContaining(`process ${process.pid}`),
      next: expect.stringContaining("--read-only"),
    });
  }
  await serving({ storage, readOnly: true });
  await first.close();
  await serving({ storage });
});

it("removes what a server left in the middle of its work, once it may write there itself", async () => {
  const storage = join(directory, "left");
  const passing = join(storage, serversPassing);
  await mkdir(join(passing, "tag/current"), { recursive: true });
  await writeFile(join(passing, "tag/current/link"), "half");
  await serving({ storage, readOnly: true });
  expect(await readdir(passing)).toEqual(["tag"]);
  await serving({ storage });
  expect(await readdir(passing)).toEqual([]);
});

it.each([
  ["distribution2", 100],
  ["oci", 101],
] as const)("lists like %s %d of 101 repositories in one answer", async (behaveLike, count) => {
  const { registry, url } = await serving({ behaveLike });
  for (let number = 0; number < 101; number++)
    await putBlob(registry, parseRepositoryName(`team/app-${number}`), new Uint8Array());
  const answer = await fetch(new URL("/v2/_catalog", url));
  const { repositories } = (await answer.json()) as { readonly repositories: readonly string[] };
  expect([repositories.length, answer.headers.has("link")]).toEqual([count, count < 101]);
});
