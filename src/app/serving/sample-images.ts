import { type Descriptor, mediaTypes, type Platform } from "../../registry/image.ts";
import {
  type Digest,
  parseRepositoryName,
  parseTag,
  partsOf,
  type RepositoryName,
  type Tag,
} from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { type ImageRecipe, json, noise, pushImage, pushManifest, type Shelf, upload } from "./sample-building.ts";

/** A sample tag and the digest it points to. */
export interface SampleTag {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly digest: Digest;
}

/** Two sample tags of one image, of which the demonstration removes one and keeps the other. */
export const sampleSiblings: {
  readonly repository: RepositoryName;
  readonly keep: Tag;
  readonly remove: Tag;
} = { repository: parseRepositoryName("team/alpine"), keep: parseTag("latest"), remove: parseTag("test1") };

/** Fills a registry with a handful of small images of the kinds found in real ones; the bytes are always the same. */
export async function fillWithSamples(registry: Registry): Promise<readonly SampleTag[]> {
  const on = (name: string): Shelf => ({ registry, repository: parseRepositoryName(name) });
  return [
    ...(await fillAlpine({ registry, repository: sampleSiblings.repository })),
    ...(await fillShop(on("team/shop"))),
    ...(await fillApi(on("team/api"))),
    ...(await fillChart(on("charts/shop"))),
  ];
}

const amd64: Platform = { os: "linux", architecture: "amd64" };
const arm64: Platform = { os: "linux", architecture: "arm64", variant: "v8" };
const base = { "etc/os-release": noise("base", 24_000) };

/** One image under two tags, and an older one. */
async function fillAlpine(shelf: Shelf): Promise<readonly SampleTag[]> {
  const image = await pushImage(shelf, recipe("alpine 3.22", "2026-10-02T08:00:00Z"));
  const older = await pushImage(shelf, recipe("alpine 3.21", "2026-05-11T08:00:00Z"));
  const { keep, remove } = sampleSiblings;
  return [...(await tagged(shelf, image, [keep, remove, "3.22"])), ...(await tagged(shelf, older, ["3.21"]))];
}

/**
 * A signed release for two platforms with BuildKit attestations under three tags, an older release, and nightly builds.
 */
async function fillShop(shelf: Shelf): Promise<readonly SampleTag[]> {
  const release = await pushIndex(shelf, "shop 1.4.0", "2026-11-03T14:30:00Z");
  const previous = await pushIndex(shelf, "shop 1.3.2", "2026-08-19T09:12:00Z");
  await sign(shelf, release);
  const tags = [
    ...(await tagged(shelf, release, ["1.4.0", "1.4", "latest"])),
    ...(await tagged(shelf, previous, ["1.3.2", "1.3"])),
  ];
  for (const day of ["2026-11-18", "2026-11-19", "2026-11-20"]) {
    const nightly = await pushImage(shelf, recipe(`shop nightly ${day}`, `${day}T02:00:00Z`));
    tags.push(...(await tagged(shelf, nightly, [`nightly-${day}`])));
  }
  return tags;
}

/** Images with Docker's media types, and a signature under a tag, as cosign kept it before referrers. */
async function fillApi(shelf: Shelf): Promise<readonly SampleTag[]> {
  const stable = await pushImage(shelf, { ...recipe("api 2.0.1", "2026-09-30T16:45:00Z"), docker: true });
  const beta = await pushImage(shelf, { ...recipe("api 2.1.0-beta", "2026-11-12T10:05:00Z"), docker: true });
  const signature = await pushImage(shelf, recipe("signature of api 2.0.1", "2026-09-30T16:46:00Z"));
  const { algorithm, encoded } = partsOf(stable.digest);
  return [
    ...(await tagged(shelf, stable, ["v2.0.1", "v2", "stable"])),
    ...(await tagged(shelf, beta, ["v2.1.0-beta"])),
    ...(await tagged(shelf, signature, [`${algorithm}-${encoded}.sig`])),
  ];
}

/** An artifact that is no image: a Helm chart. */
async function fillChart(shelf: Shelf): Promise<readonly SampleTag[]> {
  const config = await upload(shelf, json({ name: "shop", version: "1.4.0", apiVersion: "v2" }));
  const content = await upload(shelf, noise("chart", 3_000));
  const chart = await pushManifest(shelf, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { ...config, mediaType: "application/vnd.cncf.helm.config.v1+json" },
    layers: [{ ...content, mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip" }],
    annotations: { "org.opencontainers.image.created": "2026-11-03T15:00:00Z" },
  });
  return tagged(shelf, chart, ["1.4.0"]);
}

function recipe(name: string, created: string, platform: Platform = amd64): ImageRecipe {
  const [title = "", version = ""] = name.split(" ");
  return {
    platform,
    created: new Date(created),
    layers: [base, { "bin/app": noise(`${name} ${platform.architecture}`, 9_000) }],
    labels: {
      "org.opencontainers.image.title": title,
      "org.opencontainers.image.version": version,
      "org.opencontainers.image.source": `https://git.example/${title}`,
    },
  };
}

async function pushIndex(shelf: Shelf, name: string, created: string): Promise<Descriptor> {
  const children = [];
  for (const platform of [amd64, arm64]) {
    children.push({ ...(await pushImage(shelf, recipe(name, created, platform))), platform });
  }
  const attested = children.map(({ digest }) => digest);
  for (const digest of attested) children.push(await pushAttestation(shelf, digest));
  return pushManifest(shelf, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: children });
}

/**
 * An attestation as BuildKit writes it: an image for platform `unknown/unknown`, annotated with the digest that it is
 * about.
 */
async function pushAttestation(shelf: Shelf, about: Digest): Promise<Descriptor & { readonly platform: Platform }> {
  const platform = { os: "unknown", architecture: "unknown" };
  const statement = await upload(shelf, json({ _type: "https://in-toto.io/Statement/v0.1", subject: [about] }));
  const config = await upload(shelf, json({ ...platform, rootfs: { type: "layers", diff_ids: [statement.digest] } }));
  const manifest = await pushManifest(shelf, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { ...config, mediaType: mediaTypes.ociConfig },
    layers: [{ ...statement, mediaType: "application/vnd.in-toto+json" }],
  });
  const annotations = {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": about,
  };
  return { ...manifest, platform, annotations };
}

/** A signature as cosign pushes it for the referrers API: an artifact whose `subject` is the signed manifest. */
async function sign(shelf: Shelf, subject: Descriptor): Promise<void> {
  const payload = json({ critical: { image: { "docker-manifest-digest": subject.digest } } });
  const config = await upload(shelf, json({}));
  await pushManifest(shelf, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json",
    config: { ...config, mediaType: mediaTypes.ociEmpty },
    layers: [{ ...(await upload(shelf, payload)), mediaType: "application/vnd.dev.cosign.simplesigning.v1+json" }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
  });
}

async function tagged(
  { registry, repository }: Shelf,
  image: Descriptor,
  names: readonly string[],
): Promise<SampleTag[]> {
  const manifest = await registry.getManifest(repository, image.digest);
  const tags = names.map(parseTag);
  for (const tag of tags) await registry.putManifest(repository, tag, manifest);
  return tags.map((tag) => ({ repository, tag, digest: image.digest }));
}
