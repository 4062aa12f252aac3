import { setTimeout as pause } from "node:timers/promises";
import { expect, it, onTestFinished, vi } from "vitest";
import type { StorageDriver } from "../../src/distribution/drivers/driver.ts";
import { filesystemDriver } from "../../src/distribution/drivers/filesystem.ts";
import { blobFile, currentLink, linkIn, revisionFolder } from "../../src/distribution/paths.ts";
import { planCollection } from "../../src/gc/plan.ts";
import { survey } from "../../src/gc/survey.ts";
import { type Digest, parseRepositoryName, parseTag } from "../../src/registry/names.ts";
import { bundledMain } from "../support/bundle.ts";
import { storageTree } from "../support/storage-tree.ts";
import { startProxy } from "./harness/proxy.ts";
import { run } from "./harness/run.ts";
import { type S3Server, startS3 } from "./harness/s3-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";

const images = 60;
/** In milliseconds. */
const day = 86_400_000;
const app = parseRepositoryName("app");

describeWith(["versitygw"], "gc on a bucket", () => {
  const stage = openStage();

  /** A bucket with images, each with a tag, put there by requests: so that the server tells their sums. */
  async function newBucket(server: S3Server, name: string) {
    const tree = storageTree(stage.newDirectory("tree"));
    const digests = Array.from({ length: images }, (_, n) => tree.image("app", { config: { n } }));
    for (const [n, digest] of digests.entries()) tree.tag("app", `v${n}`, digest);
    server.newBucket(name);
    const to = await server.driver(name);
    await putTree(tree.directory, to);
    return { digests, write: (path: string, text: string) => to.write([{ path, bytes: Buffer.from(text) }]) };
  }

  async function collect(place: string, environment: Readonly<Record<string, string>>, flags: readonly string[] = []) {
    const args = [bundledMain, "gc", place, "--dry-run", "--untagged", "--grace", "0s", "-o", "json", ...flags];
    const { code, stdout, stderr } = await run(stage, process.execPath, args, { environment });
    return { code, stderr, document: JSON.parse(stdout) };
  }

  it("reads each manifest, and of the links only those that the listing does not tell", async () => {
    const server = await startS3(stage);
    const proxy = await startProxy(stage, server);
    const environment = { ...server.environment, AWS_ENDPOINT_URL: `http://${proxy.host}` };
    const { digests, write } = await newBucket(server, "told");
    const read = () => proxy.passed.filter(({ method, path }) => method === "GET" && !path.includes("list-type"));
    expect((await collect("s3://told", environment)).document.manifests).toMatchObject({ marked: images, swept: [] });
    expect(read()).toHaveLength(images);

    // a tag that moved to another's manifest, and one whose manifest has no link here: that one is read
    const [first, second, third] = digests as [Digest, Digest, Digest];
    await write(currentLink(app, parseTag("v0")), third);
    await write(currentLink(app, parseTag("v1")), `sha256:${"0".repeat(64)}`);
    await pause(2_000); // a listing of this server dates an object by the next whole second, and its clock tells the last
    proxy.watch({});
    const moved = await collect("s3://told", environment);
    const swept = moved.document.manifests.swept.map(({ digest }: { digest: string }) => digest);
    expect(swept.sort()).toEqual([first, second].sort());
    expect(moved.document.warnings).toHaveLength(1);
    expect(read()).toHaveLength(images + 1);

    await write(linkIn(revisionFolder(app, third)), "no digest");
    const garbled = await collect("s3://told", environment);
    expect([garbled.code, garbled.document.error.code]).toEqual([1, "NOT_UNDERSTOOD"]);
  });

  it("sends no more requests at once than it was told to", async () => {
    const server = await startS3(stage);
    const proxy = await startProxy(stage, server);
    await newBucket(server, "gentle");
    for (const { flags, least, most } of [
      { flags: ["--concurrency", "3"], least: 3, most: 3 },
      { flags: [], least: 4, most: 64 },
    ]) {
      let [now, peak] = [0, 0];
      proxy.watch({
        before() {
          peak = Math.max(peak, ++now);
        },
        async after() {
          await pause(20);
          now--;
        },
      });
      const environment = { ...server.environment, AWS_ENDPOINT_URL: `http://${proxy.host}` };
      expect((await collect("s3://gentle", environment, flags)).code).toBe(0);
      expect(peak).toBeLessThanOrEqual(most);
      expect(peak).toBeGreaterThanOrEqual(least);
    }
  });

  it("judges what is young by the clock of the bucket, not by this machine's", async () => {
    const server = await startS3(stage);
    server.newBucket("clocks");
    const tree = storageTree(stage.newDirectory("tree"));
    const orphan = blobFile(tree.blob("nobody's"));
    tree.tag("app", "kept", tree.image("app", {}));
    const to = await server.driver("clocks");
    await putTree(tree.directory, to);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3 * day });
    onTestFinished(() => void vi.useRealTimers());
    const driver = await server.driver("clocks"); // the registry's push is seconds old, whatever this clock says
    const rules = { grace: day, untagged: false, tidy: new Set<never>() };
    const found = await survey(driver, { ...rules, now: new Date(), sleep: async () => {}, emit() {} });
    const plan = planCollection(found, rules);
    expect([plan.young, plan.blobs]).toEqual([1, []]);
    const older = await survey(driver, { ...rules, grace: -60_000, now: new Date(), sleep: async () => {}, emit() {} });
    expect(planCollection(older, rules).blobs.map(({ path }) => path)).toEqual([orphan]);
  });

  it("says in plain words what a bucket refuses, and what to do", async () => {
    const server = await startS3(stage);
    server.newBucket("there");
    const { environment } = server;
    const { AWS_REGION: _region, ...withoutRegion } = environment;
    const cases = [
      ["s3://nowhere", environment, 1, /bucket nowhere at .* is not there/, /check the bucket's name/],
      [
        "s3://there",
        { ...environment, AWS_SECRET_ACCESS_KEY: "x" },
        4,
        /not accept these cred/,
        /AWS_SECRET_ACCESS_KEY/,
      ],
      ["s3://there", { ...environment, AWS_ACCESS_KEY_ID: "x" }, 4, /not accept these cred/, /AWS_SECRET_ACCESS_KEY/],
      ["s3://there", withoutRegion, 1, /needs a region/, /AWS_REGION/],
      [
        "s3://there",
        { ...environment, AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
        1,
        /nothing listens/,
        /AWS_ENDPOINT_URL/,
      ],
      [
        "s3://there",
        { ...environment, AWS_ENDPOINT_URL: server.endpoint.replace("http:", "https:") },
        1,
        /does not speak https/,
        /http:\/\//,
      ],
    ] as const;
    for (const [place, surroundings, code, message, next] of cases) {
      const answer = await collect(place, surroundings);
      expect(answer).toMatchObject({ code, document: { error: { message: expect.stringMatching(message) } } });
      expect(answer.document.error.next).toMatch(next);
      expect(answer.stderr).toBe("");
    }
  });
});

async function putTree(directory: string, to: StorageDriver): Promise<void> {
  const from = filesystemDriver(directory);
  for await (const batch of from.walk("docker")) {
    for (const { path } of batch) {
      const bytes = path.endsWith("/") ? undefined : await from.read(path);
      if (bytes !== undefined) await to.write([{ path, bytes }]);
    }
  }
}
