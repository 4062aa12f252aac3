import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type StorageTree, storageTree } from "../../test/support/storage-tree.ts";
import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { filesystemDriver } from "../distribution/drivers/filesystem.ts";
import {
  blobFile,
  blobsFolder,
  currentLink,
  layerFolder,
  linkIn,
  repositoriesFolder,
  revisionFolder,
  tagsFolder,
} from "../distribution/paths.ts";
import { digestOf } from "../registry/digest.ts";
import { parseDigest, parseRepositoryName, parseTag } from "../registry/names.ts";
import { mark } from "./mark.ts";
import type { Snapshot } from "./snapshot.ts";
import { type SnapshotOptions, takeSnapshot } from "./take-snapshot.ts";

const scratch = mkdtempSync(join(tmpdir(), "tagwise-snapshot-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;
const newTree = (): StorageTree => storageTree(join(scratch, `${++count}`));
const app = parseRepositoryName("app");
const multi = parseRepositoryName("team/multi");

describe("a snapshot", () => {
  it("goes on where a link vanishes between listing and reading: the rest of its repository is read", async () => {
    const tree = newTree();
    const [first, ...others] = ["one", "two", "three"].map((config) => tree.image("app", { config })).sort();
    const gone = linkIn(revisionFolder(app, first ?? tree.blob("")));
    const driver = filesystemDriver(tree.directory);
    const snapshot = await take({
      ...driver,
      readAll: async (paths) =>
        (await driver.readAll(paths)).map((bytes, place) => (paths[place] === gone ? undefined : bytes)),
    });
    const marked = [...(mark(snapshot, { untagged: false }).manifests.get(app) ?? [])];
    expect(marked.map((id) => snapshot.digests.digestAt(id)).sort()).toEqual(others);
    expect(snapshot.problems).toEqual([]);
  });

  it("throws where reading fails: an error is never taken for an absence", async () => {
    const tree = newTree();
    tree.tag("app", "latest", tree.image("app", { layers: ["layer"] }));
    const driver = filesystemDriver(tree.directory);
    const failing = async () => {
      throw new Error("SlowDown");
    };
    await expect(take({ ...driver, readAll: failing })).rejects.toThrow("SlowDown");
    const failingWalk = () => {
      throw new Error("SlowDown");
    };
    await expect(take({ ...driver, walk: failingWalk })).rejects.toThrow("SlowDown");
  });

  const manifest = { schemaVersion: 2, config: {}, layers: [] };
  const image = digestOf(new TextEncoder().encode(JSON.stringify(manifest)));
  it.each([
    ["the repositories", repositoriesFolder],
    ["the blobs", blobsFolder],
    ["a folder of repositories", `${repositoriesFolder}/team`],
    ["a repository", `${repositoriesFolder}/team/multi`],
    ["its manifests", `${tagsFolder(multi)}/..`],
    ["its revisions", `${revisionFolder(multi, image)}/../..`],
    ["a revision", revisionFolder(multi, image)],
    ["a revision's link", linkIn(revisionFolder(multi, image))],
    ["its tags", tagsFolder(multi)],
    ["a tag", `${tagsFolder(multi)}/latest`],
    ["a tag's link", currentLink(multi, parseTag("latest"))],
    ["its layers", `${layerFolder(multi, image)}/../..`],
    ["a manifest's bytes", blobFile(image)],
  ])("throws for %s behind a symbolic link to what is not there, and follows one to what is", async (_what, path) => {
    const tree = newTree();
    tree.layer("team/multi", tree.blob("layer"));
    tree.revision("team/multi", tree.blob(manifest));
    tree.tag("team/multi", "latest", image);
    const [place, elsewhere] = [join(tree.directory, path), join(scratch, `elsewhere-${count}`)];
    renameSync(place, elsewhere);
    symlinkSync(elsewhere, place);
    const whole = await take(filesystemDriver(tree.directory));
    expect(whole.repositories.map(({ tags, revisions }) => [tags.size, revisions.size])).toEqual([[1, 1]]);
    rmSync(elsewhere, { recursive: true });
    const refused = { said: "NOT_REACHED", message: expect.stringContaining(place) };
    await expect(take(filesystemDriver(tree.directory))).rejects.toMatchObject(refused);
  });

  it.each([
    ["a tag's link", currentLink(app, parseTag("latest"))],
    ["a manifest's bytes", blobFile(image)],
  ])("throws for %s that are a folder, and says which", async (_what, path) => {
    const tree = newTree();
    tree.revision("app", tree.blob(manifest));
    tree.tag("app", "latest", image);
    rmSync(join(tree.directory, path));
    mkdirSync(join(tree.directory, path));
    const refused = { said: "NOT_A_FILE", message: expect.stringContaining(join(tree.directory, path)) };
    await expect(take(filesystemDriver(tree.directory))).rejects.toMatchObject(refused);
  });

  it("reads an empty link again for two seconds: a push may be about to fill it", async () => {
    const tree = newTree();
    const image = tree.image("app", { layers: ["layer"] });
    const link = currentLink(app, parseTag("latest"));
    tree.write(link, "");
    let slept = 0;
    const sleep = async () => {
      if (++slept === 3) tree.write(link, image);
    };
    const snapshot = await take(filesystemDriver(tree.directory), { sleep });
    expect(snapshot.problems).toEqual([]);
    expect([...(snapshot.repositories[0]?.tags.keys() ?? [])]).toEqual(["latest"]);
  });

  it.each([
    ["an empty link", "", "the link is empty"],
    ["a link to no digest", "sha256:c0ffee", 'the link holds "sha256:c0ffee"'],
    ["a link with a newline", `sha256:${"0".repeat(64)}\n`, "the link holds"],
  ])("tells of %s as a problem, and where it is", async (_what, content, says) => {
    const tree = newTree();
    tree.image("app", { layers: ["layer"] });
    const link = currentLink(app, parseTag("cut"));
    tree.write(link, content);
    expect((await take(filesystemDriver(tree.directory))).problems).toEqual([
      { path: link, about: "tag", repository: app, says: expect.stringContaining(says) },
    ]);
  });

  it.each([
    ["an unknown media type", { schemaVersion: 2, mediaType: "application/x-unknown" }, "its kind is unknown"],
    ["an unknown schema version", { schemaVersion: 3 }, "its kind is unknown"],
    ["layers that are no list", { schemaVersion: 2, layers: {} }, "no list of digests"],
    ["bytes that are no JSON", "{", "it is not JSON"],
    ["a byte order mark", '\ufeff{"schemaVersion":2}', "it is not JSON"],
    // Go takes these for the names that they resemble, and a registry serves what they lead to
    ["layers in capitals", { schemaVersion: 2, Layers: [] }, 'its key "Layers" means another'],
    ["a digest in capitals", { schemaVersion: 2, config: { Digest: `sha256:${"0".repeat(64)}` } }, '"Digest"'],
    ["a digest of a layer in capitals", { schemaVersion: 2, layers: [{ diGest: "" }] }, '"diGest"'],
    ["a long s", { schemaVersion: 2, layer\u017f: [] }, '"layer\u017f"'],
  ])("tells of a manifest with %s as a problem", async (_what, content, says) => {
    const tree = newTree();
    tree.revision("app", tree.blob(content));
    const { problems } = await take(filesystemDriver(tree.directory));
    expect(problems).toMatchObject([{ about: "manifest", says: expect.stringContaining(says) }]);
  });

  it("leads to the sha256 under which distribution stores what a manifest names by another digest", async () => {
    const tree = newTree();
    const stored = tree.blob("layer");
    const sha512 = parseDigest(`sha512:${createHash("sha512").update("layer").digest("hex")}`);
    tree.write(linkIn(layerFolder(app, sha512)), stored);
    tree.revision("app", tree.blob({ schemaVersion: 2, layers: [{ digest: sha512 }] }));
    const snapshot = await take(filesystemDriver(tree.directory));
    const { isMarked } = mark(snapshot, { untagged: false });
    expect(isMarked(snapshot.digests.add(stored))).toBe(true);
  });

  it("finds the tags of a repository that is named like a digest", async () => {
    const tree = newTree();
    const name = `x/sha256/${"ab".repeat(32)}`;
    tree.tag(name, "latest", tree.image(name, { layers: ["layer"] }));
    const { repositories } = await take(filesystemDriver(tree.directory));
    expect(repositories.map((one) => [one.name, one.tags.size, one.revisions.size])).toEqual([[name, 1, 1]]);
  });

  it("takes blobs without a single repository for a tree that is not whole", async () => {
    const tree = newTree();
    tree.blob("alone");
    expect((await take(filesystemDriver(tree.directory))).problems).toMatchObject([{ about: "tree" }]);
  });
});

function take(driver: StorageDriver, options: Partial<SnapshotOptions> = {}): Promise<Snapshot> {
  return takeSnapshot(driver, { now: new Date(), sleep: async () => {}, emit() {}, history: false, ...options });
}
