import { digestAt, listedTags } from "../test/real/harness/contents.ts";
import { startDockerRegistry } from "../test/real/harness/docker-registry.ts";
import { inParallel } from "../test/real/harness/parallel.ts";
import { succeed } from "../test/real/harness/run.ts";
import { tagwiseDone } from "../test/real/harness/tagwise.ts";
import { writeLargeTree } from "../test/support/large-tree.ts";
import { ratio, timed } from "./measure.ts";
import type { Benchmark } from "./run.ts";

const count = 5000;
const sample = 50;

/** `tags` over 5,000 tags beside a bare client that keeps the server busy, and beside loops of other clients. */
export const benchmark: Benchmark = async (stage) => {
  const storage = stage.newDirectory("storage");
  const [repository = ""] = writeLargeTree(storage, { repositories: 1, tags: count, images: 200 }).repositories;
  const server = await startDockerRegistry(stage, { storage });
  const reference = `${server.host}/${repository}`;
  const bare = await timed(async () => {
    const tags = await listedTags(server, repository);
    await inParallel(tags, 8, (tag) => digestAt(server, repository, tag));
  });
  const first = await timed(() => tagwiseDone(stage, ["tags", reference, "--output", "json"]));
  const second = await timed(() => tagwiseDone(stage, ["tags", reference, "--output", "json"]));
  const rate = (milliseconds: number, of = count) => `${Math.round((of / milliseconds) * 1000)} tags a second`;
  const loops = {
    "crane digest": ["crane", "digest", "--insecure"],
    "regctl manifest head": ["regctl", "--host", `reg=${server.host},tls=disabled`, "manifest", "head"],
    "skopeo inspect": ["skopeo", "inspect", "--raw", "--tls-verify=false"],
  };
  const beside: string[] = [];
  for (const [name, [program = "", ...flags]] of Object.entries(loops)) {
    const tags = (await listedTags(server, repository)).slice(0, sample);
    const prefix = program === "skopeo" ? "docker://" : "";
    const looped = await timed(async () => {
      for (const tag of tags) await succeed(stage, program, [...flags, `${prefix}${reference}:${tag}`]);
    });
    const factor = ratio(looped / sample, second / count);
    beside.push(`${factor} times as fast as a loop of ${name} (${sample} measured, ${rate(looped, sample)})`);
  }
  return [
    `${ratio(bare, second)} of the rate of a bare client, 8 HEADs at once (${rate(bare)}): ${rate(second)} with details from the cache`,
    `${ratio(bare, first)} of that rate on the first run, which fills the cache: ${rate(first)}`,
    ...beside,
  ];
};
