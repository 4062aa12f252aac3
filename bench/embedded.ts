import { bytesAt, digestAt } from "../test/real/harness/contents.ts";
import { startDockerRegistry } from "../test/real/harness/docker-registry.ts";
import { startEmbedded } from "../test/real/harness/embedded.ts";
import { newImage, push, putManifest, variantOf } from "../test/real/harness/images.ts";
import { inParallel } from "../test/real/harness/parallel.ts";
import type { RegistryServer } from "../test/real/harness/registry-server.ts";
import { ratio, timed } from "./measure.ts";
import type { Benchmark } from "./run.ts";

const repository = "team/app";
const count = 2000;

/** Manifest requests a second to the embedded registry beside docker-registry's, both on a directory, 8 at once. */
export const benchmark: Benchmark = async (stage) => {
  const embedded = await rates(await startEmbedded(stage, ["--storage", stage.newDirectory("storage")]));
  const docker = await rates(await startDockerRegistry(stage));
  return (["HEAD", "GET", "PUT"] as const).map((method) => {
    const [ours, theirs] = [embedded[method], docker[method]];
    return `${ratio(ours, theirs)} times docker-registry's manifest ${method}s (${Math.round(ours)} and ${Math.round(theirs)} a second)`;
  });
};

async function rates(server: RegistryServer): Promise<Readonly<Record<"HEAD" | "GET" | "PUT", number>>> {
  const image = newImage();
  await push(server, repository, image, ["latest"]);
  const images = Array.from({ length: count }, (_, number) => variantOf(image, `${number}`));
  const rate = async (work: (number: number) => Promise<unknown>) =>
    count / ((await timed(() => inParallel(images.keys(), 8, work))) / 1000);
  return {
    PUT: await rate(async (number) => putManifest(server, repository, `tag${number}`, images[number] ?? image)),
    HEAD: await rate((number) => digestAt(server, repository, `tag${number}`)),
    GET: await rate((number) => bytesAt(server, repository, `tag${number}`)),
  };
}
