import { expect, it } from "vitest";
import { startDistribution3, startDockerRegistry } from "./harness/docker-registry.ts";
import { startEmbeddedHere } from "./harness/embedded-here.ts";
import { digestOf, type MadeImage, newImage, newIndex, push, pushBlob } from "./harness/images.ts";
import { type Ask, ask, type RegistryServer } from "./harness/registry-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";

const zero = `sha256:${"0".repeat(64)}`;
const ociManifest = "application/vnd.oci.image.manifest.v1+json";
const accept = { headers: { accept: `${ociManifest}, application/vnd.oci.image.index.v1+json` } };
const repository = "team/app";

const image = newImage();
const index = newIndex();
const sibling = newImage();
const layer = JSON.parse(new TextDecoder().decode(image.bytes)).layers[0].digest;

/** Every request by which a registry is told apart, probed, changed and read back; the order matters. */
const requests: readonly (readonly [string, string, Ask?])[] = [
  ["GET", "/v2/"],
  ["HEAD", "/v2/"],
  ...["1", "1.2", "index", "none", image.digest, index.digest, zero].flatMap((reference) => [
    ["HEAD", manifest(reference), accept] as const,
    ["GET", manifest(reference), accept] as const,
  ]),
  ["GET", manifest("1")],
  ["HEAD", manifest("index")],
  ["GET", "/v2/none/manifests/1", accept],
  ["GET", "/v2/none/tags/list"],
  ["GET", `/v2/${repository}/tags/list?n=2`],
  ["GET", `/v2/${repository}/tags/list?n=2&last=1.2`],
  ["GET", "/v2/_catalog?n=5000"],
  ["GET", "/v2/_catalog"],
  ["GET", `/v2/${repository}/referrers/${image.digest}`],
  ["GET", "/v2/UPPER/tags/list"],
  ["GET", `/v2/${repository}/nothing`],
  ["HEAD", `/v2/${repository}/blobs/${layer}`],
  ["GET", `/v2/${repository}/blobs/${zero}`],
  ...[
    ["/v2/", "/v2/_catalog", `/v2/${repository}/tags/list`, manifest("1"), `/v2/${repository}/nothing`],
    [`/v2/${repository}/blobs/${zero}`, `/v2/${repository}/blobs/uploads/`],
  ].flatMap((paths) => paths.map((path) => ["OPTIONS", path] as const)),
  ...["/v2/_catalog", `/v2/${repository}/tags/list`, manifest("1")].map((path) => ["POST", path] as const),
  ["HEAD", `/v2/${repository}/tags/list`],
  ["PATCH", `/v2/${repository}/blobs/${zero}`],
  ...["0", "-1", "many", ""].flatMap((n) => [
    ["GET", `/v2/_catalog?n=${n}`] as const,
    ["GET", `/v2/${repository}/tags/list?n=${n}`] as const,
  ]),
  ["GET", "/v2/blobs/tags/list"],
  ["GET", "/v2/_catalog?n=1&last=a"],
  ["POST", `/v2/${repository}/blobs/uploads/?digest=${digestOf(image.bytes)}`, { body: image.bytes }],
  ["POST", `/v2/${repository}/blobs/uploads/?mount=${layer}`],
  ["PUT", manifest("untyped"), { body: image.bytes }],
  ["PUT", manifest("untyped"), { headers: { "content-type": "application/json" }, body: image.bytes }],
  ["DELETE", `/v2/empty/manifests/${sibling.digest}`],
  ["GET", "/v2/empty/tags/list"],
  ["PUT", manifest(image.digest), sending(image)],
  ["PUT", manifest(zero), sending(image)],
  ["PUT", manifest("bad"), sending({ ...image, bytes: new TextEncoder().encode("nothing") })],
  ["PUT", manifest("bad"), sending(withConfig(zero))],
  ["PUT", manifest("decoy"), sending(emptyIndex())],
  ["DELETE", manifest("none")],
  ["DELETE", "/v2/none/manifests/none"],
  ["DELETE", manifest(zero)],
  ["DELETE", `/v2/none/manifests/${zero}`],
  ["DELETE", `/v2/${repository}/tags/reference/1`],
  ["DELETE", `/v2/${repository}/blobs/${zero}`],
  ["DELETE", manifest("1")],
  ["GET", `/v2/${repository}/tags/list`],
  ["DELETE", manifest(image.digest)],
  ["DELETE", manifest(image.digest)],
  ["HEAD", manifest("1.2"), accept],
  ["GET", `/v2/${repository}/tags/list`],
  ["PUT", manifest("1.2"), sending(image)],
  ["GET", manifest("1.2"), accept],
  ["DELETE", manifest(layer)],
  ["GET", `/v2/${repository}/tags/list`],
];

describeWith(["docker-registry", "registry"], "the embedded registry behaves like the real one", () => {
  const stage = openStage();
  const pairs = [
    ["distribution2", {}],
    ["distribution2", { deletion: false }],
    ["distribution2", { readOnly: true }],
    ["distribution3", {}],
    ["distribution3", { deletion: false }],
    ["distribution3", { readOnly: true }],
  ] as const;

  it.each(pairs)("%s %o", async (behaveLike, limits) => {
    const startReal = behaveLike === "distribution2" ? startDockerRegistry : startDistribution3;
    const { deletion = true, readOnly = false } = { deletion: undefined, readOnly: undefined, ...limits };
    const storages = [stage.newDirectory("real"), stage.newDirectory("embedded")] as const;
    await filled(await startReal(stage, { storage: storages[0] }));
    await filled(await startEmbeddedHere(stage, { storage: storages[1] }));
    const real = await startReal(stage, { storage: storages[0], deletion, readOnly });
    const embedded = await startEmbeddedHere(stage, {
      storage: storages[1],
      behaveLike,
      noDelete: !deletion,
      readOnly,
    });

    const told = [await answersOf(embedded), await answersOf(real)];
    console.log(`${behaveLike} ${JSON.stringify(limits)}: ${requests.length} requests compared`);
    expect(told[0]).toEqual(told[1]);
  });
});

async function filled(server: RegistryServer): Promise<void> {
  await push(server, repository, image, ["1", "1.2"]);
  await push(server, repository, index, ["index"]);
  await push(server, repository, sibling, ["stays"]);
  await push(server, "empty", sibling, ["goes"]);
  for (const blob of image.blobs) await pushBlob(server, "blobs", blob);
  await server.stop();
}

/** What a tool can tell: status, error code, the digest it points to, the names it lists. */
async function answersOf(server: RegistryServer): Promise<readonly object[]> {
  const told: object[] = [];
  for (const [method, path, options] of requests) {
    const { status, headers, body } = await ask(server, method, path, options);
    told.push({
      request: `${method} ${path}`,
      status,
      type: headers["content-type"]?.split(";")[0],
      digest: headers["docker-content-digest"],
      api: headers["docker-distribution-api-version"],
      next: headers.link,
      allow: headers.allow,
      says: saidIn(body.toString()),
    });
  }
  return told;
}

function saidIn(body: string): unknown {
  try {
    const { errors, tags, repositories } = JSON.parse(body);
    // 2.x lists tags as they lie on the disk
    return { code: errors?.[0]?.code, tags: tags?.sort(), repositories };
  } catch {
    return body;
  }
}

function manifest(reference: string): string {
  return `/v2/${repository}/manifests/${reference}`;
}

function sending({ mediaType, bytes }: Pick<MadeImage, "mediaType" | "bytes">): Ask {
  return { headers: { "content-type": mediaType }, body: bytes };
}

function withConfig(digest: string): Pick<MadeImage, "mediaType" | "bytes"> {
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: 2 };
  return encoded({ schemaVersion: 2, mediaType: ociManifest, config, layers: [] });
}

function emptyIndex(): Pick<MadeImage, "mediaType" | "bytes"> {
  return encoded({ schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [] });
}

function encoded(json: {
  readonly mediaType: string;
  readonly schemaVersion: number;
  readonly [field: string]: unknown;
}): Pick<MadeImage, "mediaType" | "bytes"> {
  return { mediaType: json.mediaType, bytes: new TextEncoder().encode(JSON.stringify(json)) };
}
