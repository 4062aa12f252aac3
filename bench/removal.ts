import { randomBytes } from "node:crypto";
import { bytesAt, digestAt, listedTags } from "../test/real/harness/contents.ts";
import { startDockerRegistry } from "../test/real/harness/docker-registry.ts";
import { digestOf, type Made, putManifest } from "../test/real/harness/images.ts";
import { inParallel } from "../test/real/harness/parallel.ts";
import { ask, type RegistryServer } from "../test/real/harness/registry-server.ts";
import { run } from "../test/real/harness/run.ts";
import type { Stage } from "../test/real/harness/stage.ts";
import { tagwiseDone } from "../test/real/harness/tagwise.ts";
import { writeLargeTree } from "../test/support/large-tree.ts";
import { ratio, timed } from "./measure.ts";
import type { Benchmark } from "./run.ts";

const all = 5000;
const images = 200;
const removed = 1000;
const sample = 50;
const chunkSize = 50;

/**
 * 1,000 of 5,000 tags on docker-registry, each way on a repository of its own with the same content. The bare procedure
 * runs twice, and twice tagwise around it, since a server changes while it works.
 */
export const benchmark: Benchmark = async (stage) => {
  const storage = stage.newDirectory("storage");
  const tree = writeLargeTree(storage, { repositories: 6, tags: all, images });
  const [first = "", second = "", third = "", fourth = "", forOne = "", forEight = ""] = tree.repositories;
  const chosen = tree.tags.slice(0, removed);
  const server = await startDockerRegistry(stage, { storage });
  const byUs = (repository: string) => byTagwise(stage, { server, repository }, chosen);
  const byBare = (repository: string) => timed(() => bareRemoval({ server, repository }, chosen));
  const before = await byUs(first);
  const bare = ((await byBare(second)) + (await byBare(third))) / 2 / removed;
  const ours = (before + (await byUs(fourth))) / 2 / removed;
  const single = (await byRegctl(stage, { server, repository: forOne }, chosen, 1)) / sample;
  const eight = (await byRegctl(stage, { server, repository: forEight }, chosen, 8)) / sample;
  const what = `tagwise rm of ${removed} of ${all} tags, ${ours.toFixed(1)} ms a tag`;
  return [
    `${ratio(single, ours)} times as fast as regctl tag delete one by one (${sample} measured, ${single.toFixed(1)} ms a tag); ${what}`,
    `${ratio(eight, ours)} times as fast as regctl tag delete eight at once (${sample} measured, ${eight.toFixed(1)} ms a tag)`,
    `${ratio(ours, bare)} times the duration of the same procedure sent bare (a DELETE per ${chunkSize} tags, ${bare.toFixed(1)} ms a tag)`,
  ];
};

/** Where tags are removed. */
interface Place {
  readonly server: RegistryServer;
  readonly repository: string;
}

function byTagwise(stage: Stage, { server: { host }, repository }: Place, tags: readonly string[]): Promise<number> {
  const input = tags.map((tag) => `${host}/${repository}:${tag}\n`).join("");
  return timed(() => tagwiseDone(stage, ["rm", "-", "--yes", "--quiet"], { input }));
}

/**
 * Some fail where eight work at once: docker-registry reads a link that another has just emptied. They count as done.
 */
function byRegctl(
  stage: Stage,
  { server: { host }, repository }: Place,
  tags: readonly string[],
  concurrency: number,
): Promise<number> {
  const flags = ["--host", `reg=${host},tls=disabled`, "tag", "delete"];
  return timed(() =>
    inParallel(tags.slice(0, sample), concurrency, (tag) =>
      run(stage, "regctl", [...flags, `${host}/${repository}:${tag}`]),
    ),
  );
}

/** The requests of the procedure without anything around them: no journal, no proof. */
async function bareRemoval({ server, repository }: Place, tags: readonly string[]): Promise<void> {
  await listedTags(server, repository);
  // the images take turns
  await inParallel(tags.slice(0, images), 8, (tag) => bytesAt(server, repository, tag));
  for (let start = 0; start < tags.length; start += chunkSize) {
    const decoy = newDecoy();
    await inParallel(tags.slice(start, start + chunkSize), 8, async (tag) => {
      await digestAt(server, repository, tag);
      await putManifest(server, repository, tag, decoy);
    });
    const { status } = await ask(server, "DELETE", `/v2/${repository}/manifests/${decoy.digest}`);
    if (status !== 202) throw new Error(`the DELETE of a decoy was answered ${status}`);
  }
  await listedTags(server, repository);
}

function newDecoy(): Made {
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const annotations = { nonce: randomBytes(16).toString("hex") };
  const bytes = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [], annotations }));
  return { mediaType, bytes, digest: digestOf(bytes) };
}
