import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { currentLink, layerFolder, linkIn, revisionFolder, uploadFile } from "../../src/distribution/paths.ts";
import { digestOf } from "../../src/registry/digest.ts";
import { type Digest, parseRepositoryName, parseTag } from "../../src/registry/names.ts";
import { oddManifest, plantOddLink } from "./random-oddities.ts";
import { ociManifest, type StorageTree, storageTree } from "./storage-tree.ts";

/** What a random tree can hold, each with its chance. */
export const features = {
  "shared layers": 0.6,
  "indexes in indexes": 0.3,
  attestations: 0.3,
  subjects: 0.3,
  untagged: 0.6,
  zombies: 0.3,
  "empty repositories": 0.3,
  "schema 1": 0.2,
  "foreign layers": 0.3,
  "links to nothing": 0.3,
  "crash leftovers": 0.3,
  "links cut off": 0.15,
  "children elsewhere": 0.3,
  "folders missing": 0.15,
  "odd manifests": 0.2,
  "odd links": 0.2,
} as const;

export type Feature = keyof typeof features;

/** Chance that can be had again: the same seed gives the same tree. */
export interface Chance {
  readonly seed: number;
  below(bound: number): number;
  happens(probability: number): boolean;
  one<Item>(items: readonly Item[]): Item;
}

export function chanceFrom(seed: number): Chance {
  let state = seed + 0x9e3779b9;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    seed,
    below: (bound) => Math.floor(next() * bound),
    happens: (probability) => next() < probability,
    one: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
  };
}

/** What is planted where. */
export interface Planting {
  readonly tree: StorageTree;
  readonly chance: Chance;
  readonly repository: string;
  readonly has: (feature: Feature) => boolean;
  /** Manifests of this repository and of all, to be led to. */
  readonly here: Digest[];
  readonly anywhere: Digest[];
}

/** Writes a small tree that nobody planned; tells which features it has. */
export function plantRandomTree(directory: string, chance: Chance): ReadonlySet<Feature> {
  const tree = storageTree(directory);
  const chosen = new Set((Object.keys(features) as Feature[]).filter((name) => chance.happens(features[name])));
  const anywhere: Digest[] = [];
  const names = ["a", "a/0", "a/b", "a-b", "z", "deadbeefdeadbeefdeadbeefdeadbeef"];
  tree.repository("mid");
  for (const repository of names.filter(() => chance.happens(0.5)).concat("mid")) {
    const planting = { tree, chance, repository, has: (name: Feature) => chosen.has(name), here: [], anywhere };
    tree.repository(repository);
    plant(planting);
  }
  tree.blob(`nobody's ${chance.seed}`);
  if (chosen.has("empty repositories")) tree.repository("empty/one");
  if (chosen.has("folders missing")) plantPartOfRepository(tree, chance);
  return chosen;
}

function plant(planting: Planting): void {
  const { tree, chance, repository, here, has } = planting;
  for (let count = 1 + chance.below(3); count > 0; count--) keep(planting, image(planting));
  if (has("shared layers"))
    keep(planting, tree.image(repository, { layers: ["shared", "shared too"], config: `${chance.below(4)}` }));
  if (has("schema 1")) keep(planting, schema1(planting));
  if (has("attestations")) keep(planting, attested(planting));
  if (has("indexes in indexes"))
    keep(planting, tree.index(repository, [tree.index(repository, some(planting, here)), ...some(planting, here)]));
  if (has("children elsewhere")) keep(planting, tree.index(repository, some(planting, planting.anywhere)));
  if (has("odd manifests")) keep(planting, oddManifest(planting));
  if (has("subjects")) plantReferrer(planting);
  if (has("zombies")) tree.tag(repository, "zombie", digestOf(new TextEncoder().encode(`${chance.below(99)}`)));
  if (has("links to nothing")) plantLinksToNothing(planting);
  if (has("crash leftovers")) plantLeftovers(planting);
  if (has("odd links")) plantOddLink(planting);
  if (has("links cut off") && chance.happens(0.3)) cutLink(planting);
}

/** Up to three of some digests. */
function some({ chance }: Planting, digests: readonly Digest[]): readonly Digest[] {
  if (digests.length === 0) return [];
  return Array.from({ length: chance.below(4) }, () => chance.one(digests));
}

/** Tags a manifest, or leaves it untagged. */
function keep({ tree, chance, repository, has, here, anywhere }: Planting, digest: Digest): void {
  here.push(digest);
  anywhere.push(digest);
  const isLeft = has("untagged") && chance.happens(0.5);
  for (let count = isLeft ? 0 : 1 + chance.below(2); count > 0; count--)
    tree.tag(repository, `v${chance.below(6)}`, digest);
}

function image({ tree, chance, repository, has }: Planting): Digest {
  const layers = Array.from({ length: 1 + chance.below(3) }, () => `layer ${chance.below(30)}`);
  const content = {
    config: { number: chance.below(20) },
    layers,
    more: { annotations: { nonce: `${chance.below(1000)}` } },
  };
  if (!has("foreign layers")) return tree.image(repository, content);
  const digest = digestOf(new TextEncoder().encode(`foreign ${chance.below(5)}`));
  if (chance.happens(0.3)) tree.blob(`foreign ${chance.below(5)}`);
  const config = tree.blob({ foreign: chance.below(5) });
  tree.layer(repository, config);
  const manifest = tree.blob({
    schemaVersion: 2,
    mediaType: "application/vnd.docker.distribution.manifest.v2+json",
    config: { mediaType: "application/vnd.docker.container.image.v1+json", digest: config, size: 1 },
    layers: [
      { mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", digest, size: 9, urls: ["http://x/"] },
    ],
  });
  tree.revision(repository, manifest);
  return manifest;
}

function attested(planting: Planting): Digest {
  const { tree, repository, here } = planting;
  const platform = image(planting);
  const attestation = tree.image(repository, { config: { attests: platform }, layers: [`in-toto ${platform}`] });
  if (planting.chance.happens(0.5)) here.push(platform);
  return tree.index(repository, [platform, attestation]);
}

function schema1({ tree, chance, repository }: Planting): Digest {
  const layers = [tree.blob(`old ${chance.below(5)}`), tree.blob(`older ${chance.below(5)}`)];
  for (const digest of layers) tree.layer(repository, digest);
  const json = {
    schemaVersion: 1,
    name: repository,
    tag: "old",
    architecture: "amd64",
    fsLayers: layers.map((blobSum) => ({ blobSum })),
    history: layers.map(() => ({ v1Compatibility: "{}" })),
  };
  const digest = tree.blob(JSON.stringify(json, undefined, 3)); // the payload, as the tree keeps it
  tree.revision(repository, digest);
  return digest;
}

function plantReferrer(planting: Planting): void {
  const { tree, chance, repository, here } = planting;
  const subject = { mediaType: ociManifest, digest: chance.one(here), size: 1 };
  const referrer = tree.image(repository, {
    config: "{}",
    layers: [`signature ${chance.below(99)}`],
    more: { subject },
  });
  if (chance.happens(0.3)) tree.tag(repository, "signature", referrer);
  here.push(referrer);
}

function plantLinksToNothing({ tree, chance, repository }: Planting): void {
  const nothing = digestOf(new TextEncoder().encode(`nothing ${chance.below(9)}`));
  tree.layer(repository, nothing);
  if (chance.happens(0.5)) tree.revision(repository, nothing);
  if (chance.happens(0.3)) tree.tag(repository, "nothing", nothing);
}

/** What a crash, or a deletion by the registry, leaves lying about. */
function plantLeftovers({ tree, chance, repository }: Planting): void {
  const name = parseRepositoryName(repository);
  const orphan = tree.blob(`left over ${chance.below(9)}`);
  tree.layer(repository, orphan);
  mkdirSync(join(tree.directory, layerFolder(name, digestOf(new Uint8Array([chance.below(250)])))), {
    recursive: true,
  });
  mkdirSync(join(tree.directory, revisionFolder(name, digestOf(new Uint8Array([chance.below(250)])))), {
    recursive: true,
  });
  mkdirSync(join(tree.directory, dirname(dirname(currentLink(name, parseTag("hollow"))))), { recursive: true });
  tree.write(`${linkIn(revisionFolder(name, orphan))}.c0ffee.tmp`, "");
  tree.write(uploadFile(name, "0f0e0d0c"), "half");
}

/** 2.x truncates a link before it writes it. */
function cutLink({ tree, chance, repository, here }: Planting): void {
  const name = parseRepositoryName(repository);
  const links = [
    linkIn(revisionFolder(name, chance.one(here))),
    currentLink(name, parseTag("cut")),
    linkIn(layerFolder(name, chance.one(here))),
  ];
  tree.write(chance.one(links), chance.happens(0.5) ? "" : "sha256:c0ffee");
}

function plantPartOfRepository(tree: StorageTree, chance: Chance): void {
  const part = chance.one(["_layers", "_manifests", "_manifests/revisions", "_manifests/tags", "_uploads"]);
  mkdirSync(join(tree.directory, "docker/registry/v2/repositories/part", part), { recursive: true });
  if (chance.happens(0.5)) tree.revision("part", tree.image("part", { layers: ["part"] }));
}
