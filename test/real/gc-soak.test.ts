import { expect, it } from "vitest";
import { chanceFrom } from "../support/random-tree.ts";
import { clientsOf } from "./harness/clients.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import type { MadeImage } from "./harness/images.ts";
import type { RegistryServer } from "./harness/registry-server.ts";
import { startS3 } from "./harness/s3-server.ts";
import { collectUntil, faultOf, type Worker, workUntil } from "./harness/soaking.ts";
import type { Stage } from "./harness/stage.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { commandLine, tagwise } from "./harness/tagwise.ts";
import { whereabouts } from "./harness/whereabouts.ts";

const repositories = ["team/app", "team/other", "solo"];

/** A seed that gave a fault can be tried again: TAGWISE_SOAK_SEED. */
const seed = Number(process.env.TAGWISE_SOAK_SEED ?? Date.now() % 1_000_000);

interface Soak {
  readonly server: RegistryServer;
  readonly store: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly seconds: number;
}

describeWith(["docker-registry", "skopeo", "crane"], "collections while everybody works", () => {
  const stage = openStage();

  it("in a directory: after the next run every tag pulls, whole", async () => {
    const server = await startDockerRegistry(stage);
    await soak(stage, { server, store: server.storage, seconds: 60 });
  }, 600_000);
});

describeWith(["docker-registry", "skopeo", "crane", "versitygw"], "collections on S3 while everybody works", () => {
  const stage = openStage();

  it("in a bucket: after the next run every tag pulls, whole", async () => {
    const s3 = await startS3(stage);
    s3.newBucket("soak");
    const server = await startDockerRegistry(stage, { driver: s3.section("soak") });
    await soak(stage, { server, store: "s3://soak", environment: s3.environment, seconds: 40 });
  }, 600_000);
});

const said = async () => "";
/** The clients of this suite need no engine. */
const nobodysEngine = { host: "", docker: said, importImage: said, imageId: said, forgetImages: async () => {} };

async function soak(stage: Stage, { server, store, environment, seconds }: Soak): Promise<void> {
  const standing = new Map<string, MadeImage>();
  const known: MadeImage[] = [];
  const [counts, touched] = [new Map<string, number>(), new Set<string>()];
  const { skopeo, crane } = clientsOf(stage, server, nobodysEngine);
  const diary: string[] = [];
  const end = performance.now() + seconds * 1_000;
  const workers = [undefined, undefined, skopeo, crane].map((client, number): Worker => {
    const shared = {
      server,
      repositories,
      known,
      standing,
      counts,
      touched,
      name: `w${number}`,
      chance: chanceFrom(seed + number),
    };
    return client === undefined ? shared : { ...shared, client };
  });
  const command = ["gc", store, "--yes", "--untagged", "--grace", "2s", "-o", "json"];
  const collecting = { command, chance: chanceFrom(seed + 99), counts, diary, ...(environment && { environment }) };
  await Promise.all([
    ...workers.map((worker) => workUntil(worker, end)),
    collectUntil(stage, end, commandLine, collecting),
  ]);
  // the next run: nothing is young enough to go, and what is in use comes back
  const { code, stdout } = await tagwise(
    stage,
    ["gc", store, "--yes", "-o", "json"],
    environment === undefined ? {} : { environment },
  );
  if (code !== 0) {
    const [encoded = ""] = /[0-9a-f]{64}/.exec(stdout) ?? [];
    throw new Error([`seed ${seed}`, stdout, await whereabouts(store, encoded, environment), ...diary].join("\n"));
  }
  await server.stop();
  await server.start();
  const faults: string[] = [];
  for (const [key, image] of standing) {
    const fault = await faultOf(server, key.split(":")[0] ?? "", image);
    if (fault === undefined) continue;
    const [digest = image.digest] = /sha256:\w+/.exec(fault) ?? [];
    faults.push(`${key}: ${fault}\n${await whereabouts(store, digest, environment)}`);
  }
  process.stdout.write(`seed ${seed}: ${standing.size} tags stand; ${JSON.stringify(Object.fromEntries(counts))}\n`);
  for (const line of diary) if (line.includes("stopped")) process.stdout.write(`${line}\n`);
  if (faults.length > 0) throw new Error([`seed ${seed}`, ...faults, ...diary].join("\n"));
  expect(standing.size).toBeGreaterThan(5);
  expect(counts.get("collections that swept") ?? 0).toBeGreaterThan(0);
}
