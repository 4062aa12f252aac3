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
  /** What removes, without what proves. */
  readonly ours: readonly Passed[];
  /** The ping, the listings and each HEAD of a sibling, sorted: before the deletion, and after it. */
  readonly proof: { readonly before: readonly string[]; readonly after: readonly string[] };
  readonly regctl: readonly Passed[];
}

/** The tags that stand on the removed tag's manifest. */
export const siblings: readonly string[] = ["latest", "stable", "test2"];

/** Counts what the removal of one tag with three siblings takes, by tagwise and by regctl. */
export async function countRequests(stage: Stage, start: (typeof countedWays)[number]["start"]): Promise<RequestCount> {
  const server = await start(stage);
  const proxy = await startProxy(stage, server);
  await push(server, "team/app", newImage(), ["test1", ...siblings]);

  await tagwiseDone(stage, ["rm", `${proxy.host}/team/app:test1`, "--yes"]);
  const passed = proxy.passed;

  proxy.watch({});
  const flags = ["--host", `reg=${proxy.host},tls=disabled`];
  await run(stage, "regctl", [...flags, "tag", "delete", `${proxy.host}/team/app:test2`]);
  const left = (await listedTags(server, "team/app")).join();
  if (left !== "latest,stable") throw new Error(`not what was to be counted: ${left} stand`);
  const isProof = (one: Passed) => isListing(one) || isScan(one);
  const deletion = passed.findIndex(({ method, status }) => method === "DELETE" && status === 202);
  const proofIn = (part: readonly Passed[]) => part.filter(isProof).map(({ method, path }) => `${method} ${path}`);
  const proof = {
    before: proofIn(passed.slice(0, deletion)).sort(),
    after: proofIn(passed.slice(deletion)).sort(),
  };
  const ours = passed.filter((one) => !isProof(one));
  return { ours, proof, regctl: proxy.passed.filter((one) => !isListing(one)) };
}

function isListing({ path }: Passed): boolean {
  return path === "/v2/" || /\/tags\/list(\?|$)/.test(path);
}

function isScan({ method, path }: Passed): boolean {
  return method === "HEAD" && siblings.some((tag) => path.endsWith(`/manifests/${tag}`));
}
