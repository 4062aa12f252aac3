import { listedTags } from "./contents.ts";
import { startDistribution3, startDockerRegistry } from "./docker-registry.ts";
import { newImage, push } from "./images.ts";
import { type Passed, startProxy } from "./proxy.ts";
import { run } from "./run.ts";
import type { Stage } from "./stage.ts";
import { tagwiseDone } from "./tagwise.ts";

/** A way to remove a tag, a server for it, and how many requests it may take. */
export interface CountedWay {
  readonly name: string;
  readonly program: string;
  readonly start: typeof startDockerRegistry;
  readonly most: number;
}

export const countedWays: readonly CountedWay[] = [
  { name: "by decoy", program: "docker-registry", start: startDockerRegistry, most: 9 },
  { name: "by the tag's own DELETE", program: "registry", start: startDistribution3, most: 5 },
];

export interface RequestCount {
  readonly ours: readonly Passed[];
  readonly regctl: readonly Passed[];
}

/** Counts what the removal of one tag with three siblings takes, by tagwise and by regctl. */
export async function countRequests(stage: Stage, start: (typeof countedWays)[number]["start"]): Promise<RequestCount> {
  const server = await start(stage);
  const proxy = await startProxy(stage, server);
  await push(server, "team/app", newImage(), ["latest", "stable", "test1", "test2"]);

  await tagwiseDone(stage, ["rm", `${proxy.host}/team/app:test1`, "--yes"]);
  const ours = counted(proxy.passed, ["latest", "stable", "test2"]);

  proxy.watch({});
  const flags = ["--host", `reg=${proxy.host},tls=disabled`];
  await run(stage, "regctl", [...flags, "tag", "delete", `${proxy.host}/team/app:test2`]);
  const left = (await listedTags(server, "team/app")).join();
  if (left !== "latest,stable") throw new Error(`not what was to be counted: ${left} stand`);
  return { ours, regctl: counted(proxy.passed, []) };
}

/** All but ping, tokens, the listings and the one HEAD a sibling of each scan. */
function counted(passed: readonly Passed[], siblings: readonly string[]): readonly Passed[] {
  return passed.filter(({ method, path }) => {
    const isListing = /\/tags\/list(\?|$)/.test(path);
    const isScan = method === "HEAD" && siblings.some((tag) => path.endsWith(`/manifests/${tag}`));
    return path !== "/v2/" && !isListing && !isScan;
  });
}
