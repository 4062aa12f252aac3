import { bytesAt, digestAt } from "../test/real/harness/contents.ts";
import { startDockerRegistry } from "../test/real/harness/docker-registry.ts";
import { startEmbedded } from "../test/real/harness/embedded.ts";
import { type MadeImage, newImage, push, putManifest, variantOf } from "../test/real/harness/images.ts";
import { inParallel } from "../test/real/harness/parallel.ts";
import type { RegistryServer } from "../test/real/harness/registry-server.ts";
import { ratio, timed } from "./measure.ts";
import type { Benchmark } from "./run.ts";

const repository = "team/app";
const rounds = 10;
const perRound = 200;

const methods = ["PUT", "HEAD", "GET"] as const;
type Milliseconds = Record<(typeof methods)[number], number>;

/**
 * Manifest requests a second to the embedded registry beside docker-registry's, both on a directory, 8 at once, in
 * turn.
 */
export const benchmark: Benchmark = async (stage) => {
  const servers = [
    await startEmbedded(stage, ["--storage", stage.newDirectory("storage")]),
    await startDockerRegistry(stage),
  ] as const;
  const image = newImage();
  for (const server of servers) await push(server, repository, image, ["latest"]);
  const [ours, theirs] = [nothingYet(), nothingYet()];
  for (let round = 0; round < rounds; round++) {
    const images = Array.from({ length: perRound }, (_, number) => variantOf(image, `${round}-${number}`));
    await measure(servers[0], images, { round, into: ours });
    await measure(servers[1], images, { round, into: theirs });
  }
  return methods.map((method) => {
    const [mine, others] = [rateOf(ours[method]), rateOf(theirs[method])];
    const rates = `${Math.round(mine)} and ${Math.round(others)} a second`;
    return `${ratio(mine, others)} times docker-registry's manifest ${method}s (${rates})`;
  });
};

async function measure(
  server: RegistryServer,
  images: readonly MadeImage[],
  { round, into }: { readonly round: number; readonly into: Milliseconds },
): Promise<void> {
  const named = (number: number) => `tag-${round}-${number}`;
  const work = {
    PUT: (number: number, image: MadeImage) => putManifest(server, repository, named(number), image),
    HEAD: (number: number) => digestAt(server, repository, named(number)),
    GET: (number: number) => bytesAt(server, repository, named(number)),
  };
  for (const method of methods) {
    into[method] += await timed(() =>
      inParallel(images.entries(), 8, ([number, image]) => work[method](number, image)),
    );
  }
}

function nothingYet(): Milliseconds {
  return { PUT: 0, HEAD: 0, GET: 0 };
}

function rateOf(milliseconds: number): number {
  return (rounds * perRound) / (milliseconds / 1000);
}
