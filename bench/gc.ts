import { spawnSync } from "node:child_process";
import { garbageCollect } from "../test/real/harness/collectors.ts";
import { environmentFor } from "../test/real/harness/environment.ts";
import type { Stage } from "../test/real/harness/stage.ts";
import { bundledMain } from "../test/support/bundle.ts";
import { memory } from "./gc-memory.ts";
import { inBucket } from "./gc-s3.ts";
import { plant } from "./gc-tree.ts";
import { median, ms, ratio, timed } from "./measure.ts";
import type { Benchmark } from "./run.ts";

/**
 * Collections beside the registry's own, whole processes in turns, on disk and on S3; and what a million blobs take.
 */
export const benchmark: Benchmark = async (stage) => [
  ...(await broad(stage)),
  ...(await deep(stage)),
  ...(await inBucket(stage)),
  ...(await memory()),
];

const rounds = 3;

/** 500 repositories of 20 manifests with 8 layers each. */
async function broad(stage: Stage): Promise<readonly string[]> {
  const directory = stage.newDirectory("broad");
  plant(directory, { repositories: 500, manifests: 20, layers: 8 });
  const sentences: string[] = [];
  for (const [theirs, ours] of [
    [[], []],
    [["-m"], ["--untagged"]],
  ] as const) {
    const [mine, original]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      mine.push(await byTagwise(stage, directory, ours));
      original.push(await byOriginal(stage, directory, theirs));
    }
    const [us, them] = [median(mine), median(original)];
    sentences.push(
      `${ratio(them, us)} times as fast as garbage-collect ${["--dry-run", ...theirs].join(" ")} of 2.8 on 500 × 20 manifests × 8 layers (${ms(us)} and ${ms(them)}, medians of ${rounds})`,
    );
  }
  return sentences;
}

/**
 * One repository of 5,000 manifests and 5,000 tags; the original reads every tag for each manifest, so a part of it is
 * timed.
 */
async function deep(stage: Stage): Promise<readonly string[]> {
  const directory = stage.newDirectory("deep");
  plant(directory, { repositories: 1, manifests: 5_000, layers: 2 });
  const mine = await byTagwise(stage, directory, ["--untagged"]);
  const small = stage.newDirectory("small");
  plant(small, { repositories: 1, manifests: 1_000, layers: 2 });
  const smallMine = await byTagwise(stage, small, ["--untagged"]);
  const theirs = await byOriginal(stage, small, ["-m"]);
  // manifests times tags: five times as many of both take 25 times as long
  const whole = theirs * 25;
  return [
    `${ratio(whole, mine)} times as fast as garbage-collect --dry-run -m of 2.8 on 5,000 manifests and tags of one repository (${ms(mine)}; theirs measured with 1,000 and taken 25 times: ${ms(whole)})`,
    `${ratio(theirs, smallMine)} times as fast with 1,000 of both, both measured (${ms(smallMine)} and ${ms(theirs)})`,
  ];
}

function byTagwise(stage: Stage, directory: string, flags: readonly string[]): Promise<number> {
  const args = [bundledMain, "gc", directory, "--dry-run", "--quiet", ...flags];
  return timed(async () => {
    const { status, stderr } = spawnSync(process.execPath, args, { env: environmentFor(stage), encoding: "utf8" });
    if (status !== 0) throw new Error(`tagwise gc ended with ${status}: ${stderr}`);
  });
}

function byOriginal(stage: Stage, directory: string, flags: readonly string[]): Promise<number> {
  return timed(async () => {
    const { code, stderr } = await garbageCollect(stage, directory, {
      original: "distribution2",
      flags: ["--dry-run", ...flags],
    });
    if (code !== 0) throw new Error(`garbage-collect ended with ${code}: ${stderr}`);
  });
}
