import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { blobFile, currentLink, layerFolder, linkIn, revisionFolder } from "../../src/distribution/paths.ts";
import { digestOf } from "../../src/registry/digest.ts";
import { type Digest, parseDigest, parseRepositoryName, parseTag } from "../../src/registry/names.ts";
import type { Planting } from "./random-tree.ts";

const docker = "application/vnd.docker.distribution.manifest";
const oci = "application/vnd.oci.image";

/** Plants a manifest as few clients write it, or none; resolves to its digest. */
export function oddManifest({ tree, chance, repository, here }: Planting): Digest {
  const layer = tree.blob(`layer ${chance.below(30)}`);
  const child = here.length === 0 ? layer : chance.one(here);
  tree.layer(repository, layer);
  const of = (digest: Digest) => ({ mediaType: "text/plain", digest, size: 1 });
  const manifests: readonly (() => object | string)[] = [
    () => ({ schemaVersion: 2, manifests: [of(child)] }), // an index that does not say so
    () => ({ schemaVersion: 2, config: of(layer), layers: [] }),
    () => ({ schemaVersion: 2, mediaType: `${oci}.manifest.v1+json`, config: of(layer), layers: null }),
    () => ({ schemaVersion: 2, mediaType: `${oci}.manifest.v1+json`, layers: [of(layer), of(layer)] }),
    () => ({ schemaVersion: 2, mediaType: `${docker}.v2+json`, config: of(layer), layers: [of(child)] }),
    () => ({ schemaVersion: 2, mediaType: `${docker}.list.v2+json`, manifests: [of(child), of(layer)] }),
    () => ({ schemaVersion: 2, mediaType: `${oci}.index.v1+json`, manifests: [] }),
    () => ({ schemaVersion: 2, mediaType: `${oci}.index.v1+json`, manifests: null }),
    () => ({ schemaVersion: 2, mediaType: "application/vnd.oci.artifact.manifest.v1+json", blobs: [of(layer)] }),
    () => ({ schemaVersion: 2, mediaType: "application/vnd.nobody.knows+json", layers: [of(layer)] }),
    () => ({ schemaVersion: 3, layers: [of(layer)] }),
    () => "no JSON",
  ];
  const digest = tree.blob(chance.one(manifests)());
  tree.revision(repository, digest);
  return digest;
}

/** Plants one link or folder that is not what its path says. */
export function plantOddLink({ tree, chance, repository, here }: Planting): void {
  const name = parseRepositoryName(repository);
  const [one, other] = [chance.one(here), chance.one(here)];
  const layer = tree.blob(`layer ${chance.below(30)}`);
  const stranger = digestOf(new TextEncoder().encode(`stranger ${chance.below(9)}`));
  const long = tree.blob(`long ${chance.below(9)}`);
  const ways: readonly (() => void)[] = [
    () => tree.write(linkIn(revisionFolder(name, one)), other), // leads to another manifest
    () => tree.write(linkIn(revisionFolder(name, stranger)), one),
    () => tree.write(linkIn(revisionFolder(name, stranger)), layer), // leads to what is no manifest
    () => tree.write(linkIn(layerFolder(name, stranger)), layer),
    () => tree.write(linkIn(layerFolder(name, layer)), stranger),
    () => tree.write(linkIn(layerFolder(name, one)), one), // a manifest among the layers, as 2.1.0 linked it
    () => tree.write(currentLink(name, parseTag("newline")), `${one}\n`),
    () => void mkdirSync(join(tree.directory, dirname(blobFile(stranger))), { recursive: true }),
    () => plantLongDigest(tree, name, long),
  ];
  chance.one(ways)();
}

/** A blob and a layer under a sha512, which the registries take too. */
function plantLongDigest(tree: Planting["tree"], name: ReturnType<typeof parseRepositoryName>, seed: Digest): void {
  const digest = parseDigest(`sha512:${createHash("sha512").update(seed).digest("hex")}`);
  tree.write(blobFile(digest), seed);
  tree.write(linkIn(layerFolder(name, digest)), digest);
}
