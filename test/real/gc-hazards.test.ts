import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { currentLink, repositoryFolder, tagsFolder } from "../../src/distribution/paths.ts";
import type { OriginalCollector } from "../../src/gc/like.ts";
import { type Digest, parseRepositoryName, parseTag } from "../../src/registry/names.ts";
import { reachableFiles } from "../support/reachable.ts";
import { ociManifest, type StorageTree, storageTree } from "../support/storage-tree.ts";
import { collect, garbageCollect } from "./harness/collectors.ts";
import { describeWith, openStage } from "./harness/suite.ts";

interface Hazard {
  readonly name: string;
  readonly original: OriginalCollector;
  readonly flags?: readonly string[];
  readonly ours?: readonly string[];
  readonly plant: (tree: StorageTree, directory: string) => void;
}

const young = (directory: string) => storageTree(directory, { written: new Date() });
const subjectOf = (digest: Digest) => ({ subject: { mediaType: ociManifest, digest, size: 1 } });

/** Trees on which the original takes files that a tag needs, or would need in a moment. */
const losses: readonly Hazard[] = [
  {
    name: "4.3.2: a tagged index keeps its children, and they their layers",
    original: "distribution2",
    flags: ["-m"],
    ours: ["--untagged"],
    plant(tree) {
      const children = ["amd64", "arm64"].map((name) =>
        tree.image("app", { config: name, layers: [`layer of ${name}`] }),
      );
      tree.tag("app", "multi", tree.index("app", children));
    },
  },
  {
    name: "4.3.2: an attestation stays with its image",
    original: "distribution2",
    flags: ["-m"],
    ours: ["--untagged"],
    plant(tree) {
      const image = tree.image("app", { config: "image", layers: ["layer"] });
      tree.tag("app", "image", image);
      tree.tag(
        "app",
        "attested",
        tree.index("app", [image, tree.image("app", { config: "attestation", layers: ["in-toto"] })]),
      );
    },
  },
  {
    name: "4.3.6: a child that another repository lacks keeps its layers where it is",
    original: "distribution3",
    flags: ["-m"],
    ours: ["--untagged"],
    plant(tree) {
      const child = tree.image("b", { config: "child", layers: ["layer of the child"] });
      tree.tag("b", "multi", tree.index("b", [child]));
      tree.tag("a", "multi", tree.index("a", [child])); // and a has no link to the child
      tree.tag("a", "other", tree.image("a", { layers: ["other"] }));
    },
  },
  ...(["distribution2", "distribution3"] as const).map(
    (original): Hazard => ({
      name: "4.3.9: a signature stays with its subject, and what it consists of",
      original,
      flags: ["-m"],
      ours: ["--untagged"],
      plant(tree) {
        const image = tree.image("app", { layers: ["layer"] });
        tree.tag("app", "latest", image);
        tree.image("app", { config: "signature", layers: ["signature"], more: subjectOf(image) });
      },
    }),
  ),
];

describeWith(["docker-registry", "registry"], "what the originals lose", () => {
  const stage = openStage();

  it.each(losses)("$name ($original loses it)", async ({ original, flags = [], ours = [], plant }) => {
    const theirs = stage.newDirectory("theirs");
    plant(storageTree(theirs), theirs);
    const mine = stage.newDirectory("ours");
    cpSync(theirs, mine, { recursive: true, preserveTimestamps: true });
    const needed = [...neededFiles(theirs)];
    expect((await garbageCollect(stage, theirs, { original, flags })).code).toBe(0);
    expect(needed.filter((path) => !existsSync(join(theirs, path)))).not.toEqual([]);
    expect((await collect(stage, mine, ours)).code).toBe(0);
    expect(needed.filter((path) => !existsSync(join(mine, path)))).toEqual([]);
  });

  it.each(["distribution2", "distribution3"] as const)(
    "4.3.1: a push under way (%s loses its blobs)",
    async (original) => {
      const directory = stage.newDirectory("push");
      const tree = storageTree(directory);
      tree.tag("app", "latest", tree.image("app", { layers: ["layer"] }));
      const pushed = young(directory).blob("a layer whose manifest comes in a moment");
      young(directory).layer("app", pushed);
      const data = join(directory, "docker/registry/v2/blobs/sha256", pushed.slice(7, 9), pushed.slice(7), "data");
      const { said } = await collect(stage, directory);
      expect(said.blobs).toMatchObject({ swept: [], young: 1 });
      expect(existsSync(data)).toBe(true);
      await garbageCollect(stage, directory, { original });
      expect(existsSync(data)).toBe(false);
    },
  );

  it("4.3.7: an image that only another repository has tagged goes whole or not at all (distribution3 halves it)", async () => {
    const halves = stage.newDirectory("halved");
    const tree = storageTree(halves);
    const image = tree.image("a", { layers: ["layer"] });
    tree.image("b", { layers: ["layer"] });
    tree.tag("b", "latest", image);
    const mine = stage.newDirectory("ours");
    cpSync(halves, mine, { recursive: true, preserveTimestamps: true });
    const parts = (directory: string) =>
      ["_manifests/revisions/sha256", "_layers/sha256"].map((part) =>
        linksIn(join(directory, repositoryFolder("a"), part)),
      );
    await garbageCollect(stage, halves, { original: "distribution3", flags: ["-m"] });
    expect(parts(halves)).toEqual([1, 0]);
    await collect(stage, mine, ["--untagged", "--tidy", "layer-links"]);
    expect(parts(mine)).toEqual([0, 0]);
    expect([...reachableFiles(mine)].some((path) => path.includes("/b/_layers/"))).toBe(true);
  });
});

/** What a tag needs, and what refers to that: a signature is in use as long as its image is. */
function neededFiles(directory: string): ReadonlySet<string> {
  return reachableFiles(directory, { referrers: true });
}

function linksIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("link")).length;
}

interface Stop {
  readonly name: string;
  readonly original: OriginalCollector;
  readonly flags?: readonly string[];
  readonly plant: (tree: StorageTree, directory: string) => void;
}

/** Trees on which the original stops. */
const stops: readonly Stop[] = [
  {
    name: "a repository without a layers folder",
    original: "distribution3",
    plant: (tree) => tree.revision("empty", tree.blob({ schemaVersion: 2, layers: [] })),
  },
  {
    name: "a schema 1 manifest",
    original: "distribution3",
    plant(tree) {
      const layer = tree.blob("old layer");
      tree.layer("old", layer);
      const manifest = tree.blob({ schemaVersion: 1, name: "old", fsLayers: [{ blobSum: layer }] });
      tree.revision("old", manifest);
      tree.tag("old", "latest", manifest);
    },
  },
  {
    name: "a repository without a tags folder",
    original: "distribution2",
    flags: ["-m"],
    plant(tree, directory) {
      tree.image("untagged", { layers: ["layer"] });
      rmSync(join(directory, tagsFolder(parseRepositoryName("untagged"))), { recursive: true, force: true });
    },
  },
];

describeWith(["docker-registry", "registry"], "where the originals stop", () => {
  const stage = openStage();

  it.each(stops)("4.3.8: ours goes on at $name ($original stops)", async ({ original, flags = [], plant }) => {
    const directory = stage.newDirectory("stop");
    const tree = storageTree(directory);
    plant(tree, directory);
    tree.blob("nobody's");
    expect((await garbageCollect(stage, directory, { original, flags })).code).toBe(1);
    const needed = [...reachableFiles(directory)];
    const { code, said } = await collect(stage, directory, ["--untagged"]);
    expect(code).toBe(0);
    expect(said.blobs.swept.length).toBeGreaterThan(0);
    expect(needed.filter((path) => !existsSync(join(directory, path)))).toEqual([]);
  });

  it("4.3.8: a link that was cut off stops ours too, before anything is changed, and it says where", async () => {
    const directory = stage.newDirectory("cut");
    const tree = storageTree(directory);
    tree.image("app", { layers: ["layer"] });
    tree.blob("nobody's");
    const link = currentLink(parseRepositoryName("app"), parseTag("cut"));
    tree.write(link, "");
    expect((await garbageCollect(stage, directory, { original: "distribution2", flags: ["-m"] })).code).toBe(1);
    const { code, said } = await collect(stage, directory);
    expect(code).toBe(1);
    expect(said.error).toMatchObject({ code: "NOT_UNDERSTOOD", message: expect.stringContaining(link) });
    expect(existsSync(join(directory, "tagwise"))).toBe(false);
  });
});

describeWith(["docker-registry"], "what the originals leave lying about", () => {
  const stage = openStage();

  it("4.3.10 and 11: zombie tags, empty repositories, history, unused links and old uploads are put in order when asked", async () => {
    const directory = stage.newDirectory("leftovers");
    const tree = storageTree(directory);
    const kept = tree.image("app", { layers: ["kept"] });
    tree.tag("app", "latest", tree.image("app", { config: "older", layers: ["kept"] }));
    tree.tag("app", "latest", kept);
    const gone = tree.blob({ gone: true });
    tree.tag("app", "zombie", gone);
    tree.layer("emptied", tree.blob("left in the emptied one"));
    tree.upload("app", "0f0e0d", new Date(0));
    const needed = [...reachableFiles(directory)].filter((path) => !path.includes("zombie"));
    await garbageCollect(stage, directory, { original: "distribution2", flags: ["-m"] });
    expect(existsSync(join(directory, repositoryFolder("emptied")))).toBe(true);
    const tidy = ["uploads", "tags", "history", "layer-links", "repositories"].flatMap((what) => ["--tidy", what]);
    const { code, said } = await collect(stage, directory, ["--untagged", ...tidy]);
    expect(code).toBe(0);
    expect(said.tidied.map(({ what, repository }) => `${what} ${repository}`).sort()).toEqual([
      "repository emptied",
      "tag app",
      "upload app",
    ]);
    for (const folder of [
      `${tagsFolder(parseRepositoryName("app"))}/zombie`,
      `${repositoryFolder("emptied")}/_layers`,
    ]) {
      expect([folder, existsSync(join(directory, folder))]).toEqual([folder, false]);
    }
    expect(needed.filter((path) => !existsSync(join(directory, path)))).toEqual([]);
  });
});
