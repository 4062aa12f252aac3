import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";
import { filesystemDriver } from "../src/distribution/drivers/filesystem.ts";
import { pooled } from "../src/support/pool.ts";
import { type CountingProxy, startProxy } from "../test/real/harness/proxy.ts";
import { succeed } from "../test/real/harness/run.ts";
import { type S3Server, startS3 } from "../test/real/harness/s3-server.ts";
import type { Stage } from "../test/real/harness/stage.ts";
import { bundledMain } from "../test/support/bundle.ts";
import { plant } from "./gc-tree.ts";
import { median, ms, ratio, timed } from "./measure.ts";

/** Milliseconds that are added to each request, as between a registry and an object store of its region. */
const added = 10;
const rounds = 3;
/**
 * The original takes 20 minutes for all of them, and with `-m` an hour: a part is measured, and each repository takes
 * as long.
 */
const [all, part] = [500, 40];
const partWithTags = 10;

/** The same in a bucket of a real S3 server, beside the registry's own collector through its S3 driver. */
export async function inBucket(stage: Stage): Promise<readonly string[]> {
  const s3 = await startS3(stage);
  const proxy = await startProxy(stage, s3);
  for (const repositories of [all, part, partWithTags]) await fill(stage, s3, repositories);
  return [
    await sentence({ stage, s3, proxy }, { theirs: [], ours: [], repositories: part }),
    await sentence({ stage, s3, proxy }, { theirs: ["-m"], ours: ["--untagged"], repositories: partWithTags }),
  ];
}

const size = { manifests: 20, layers: 8 };

/** Puts a tree into a bucket, object by object: only so each gets the sum that a bucket tells of it. */
async function fill(stage: Stage, s3: S3Server, repositories: number): Promise<void> {
  const directory = stage.newDirectory("tree");
  plant(directory, { ...size, repositories });
  const bucket = bucketOf(repositories);
  s3.newBucket(bucket);
  const [from, to] = [filesystemDriver(directory), await s3.driver(bucket)];
  for await (const walked of from.walk("docker")) {
    const paths = walked.map(({ path }) => path).filter((path) => !path.endsWith("/"));
    const bytes = await from.readAll(paths);
    const put = (path: string, place: number) => to.write([{ path, bytes: bytes[place] ?? new Uint8Array() }]);
    await pooled(paths, put, { concurrency: 32 });
  }
}

function bucketOf(repositories: number): string {
  return `repositories-${repositories}`;
}

interface Way {
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
  readonly repositories: number;
}

async function sentence(work: Work, { theirs, ours, repositories }: Way): Promise<string> {
  const bucket = bucketOf(repositories);
  const mine: number[] = [];
  for (let round = 0; round < rounds; round++) mine.push((await byTagwise(work, bucket, ours)).took);
  const original = await byOriginal(work, bucket, theirs);
  const whole = await byTagwise(work, bucketOf(all), ours);
  const us = median(mine);
  const command = ["garbage-collect --dry-run", ...theirs].join(" ");
  const tree = `${repositories} × ${size.manifests} manifests × ${size.layers} layers`;
  return [
    `${ratio(original.took, us)} times as fast as ${command} of 2.8 on S3, ${added} ms added to each request, on ${tree}`,
    `(${ms(us)}, median of ${rounds}; theirs once, ${original.requests} requests: ${ms(original.took)}`,
    `all ${all} repositories take ours ${ms(whole.took)} and ${whole.requests} requests)`,
  ].join("; ");
}

interface Work {
  readonly stage: Stage;
  readonly s3: S3Server;
  readonly proxy: CountingProxy;
}

interface Measured {
  /** In milliseconds. */
  readonly took: number;
  readonly requests: number;
}

async function measured({ proxy }: Work, run: () => Promise<unknown>): Promise<Measured> {
  proxy.watch({ after: () => pause(added) });
  const took = await timed(run);
  return { took, requests: proxy.passed.length };
}

function byTagwise(work: Work, bucket: string, flags: readonly string[]): Promise<Measured> {
  const { stage, s3, proxy } = work;
  const environment = { ...s3.environment, AWS_ENDPOINT_URL: `http://${proxy.host}` };
  const args = [bundledMain, "gc", `s3://${bucket}`, "--dry-run", "--quiet", ...flags];
  return measured(work, () => succeed(stage, process.execPath, args, { environment }));
}

function byOriginal(work: Work, bucket: string, flags: readonly string[]): Promise<Measured> {
  const { stage, s3, proxy } = work;
  const file = join(stage.newDirectory("config"), "config.yml");
  const storage = s3.section(bucket, `http://${proxy.host}`);
  writeFileSync(file, stringify({ version: "0.1", log: { level: "error" }, storage }));
  return measured(work, () => succeed(stage, "docker-registry", ["garbage-collect", "--dry-run", ...flags, file]));
}
