import { beforeAll, expect, it } from "vitest";
import { listedTags, tagsOf } from "./harness/contents.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { digestOf, newImage, push, pushBlob, putManifest } from "./harness/images.ts";
import type { RegistryServer } from "./harness/registry-server.ts";
import { run } from "./harness/run.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { type Outcome, printCount, tagwise, told } from "./harness/tagwise.ts";

/** go-containerregistry's `empty.Image`, byte for byte: a constant. */
const config =
  '{"architecture":"","created":"0001-01-01T00:00:00Z","os":"","rootfs":{"type":"layers","diff_ids":null},"config":{}}';

describeWith(["docker-registry", "regctl"], "what other tools leave on a registry", () => {
  const stage = openStage();
  let server: RegistryServer;
  const tagwiseSays = async (...args: readonly string[]) => {
    const done = await tagwise(stage, [...args, "-o", "json"]);
    printCount(args.join(" "), done);
    return { ...done, ends: (JSON.parse(done.stdout) as Outcome).tags.map(({ tag, outcome }) => `${tag} ${outcome}`) };
  };

  beforeAll(async () => {
    const closed = await startDockerRegistry(stage, { deletion: false });
    await push(closed, "team/app", newImage(), ["latest", "test1"]);
    // regctl overwrites the tag first, and is then told that nothing may be deleted
    const flags = ["--host", `reg=${closed.host},tls=disabled`];
    const deleted = await run(stage, "regctl", [...flags, "tag", "delete", `${closed.host}/team/app:test1`]);
    if (deleted.code === 0) throw new Error("regctl deleted a tag where nothing may be deleted");
    await closed.stop();
    server = await startDockerRegistry(stage, closed.storage === undefined ? {} : { storage: closed.storage });
  });

  it("regctl's dummy is no image that rm removes: it names the recovery", async () => {
    const before = await tagsOf(server, "team/app");
    expect(before.test1).not.toBe(before.latest);
    const removal = await tagwiseSays("rm", `${server.host}/team/app:test1`, "--yes");
    expect([removal.code, removal.ends], told(removal)).toEqual([4, ["test1 refused"]]);
    expect(removal.stdout).toContain("tagwise recover HOST/REPOSITORY");
    expect(await tagsOf(server, "team/app")).toEqual(before);
  });

  it("recover does not put back what nobody knows, and finishes regctl's removal", async () => {
    const { latest } = await tagsOf(server, "team/app");
    const back = await tagwiseSays("recover", server.host, "--rollback", "--yes");
    expect([back.code, back.ends], told(back)).toEqual([4, ["test1 refused"]]);
    const finished = await tagwiseSays("recover", server.host, "--yes");
    expect([finished.code, finished.ends], told(finished)).toEqual([0, ["test1 removed"]]);
    expect(await tagsOf(server, "team/app")).toEqual({ latest });
  });

  it("go-containerregistry's constant empty image is only told of, and rm removes such a tag", async () => {
    await pushEmptyImage(server, "team/empty", ["scratch", "test1"]);
    const told = await tagwise(stage, ["recover", `${server.host}/team/empty`, "--yes"]);
    expect(told).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("go-containerregistry's constant empty image"),
    });
    expect(await listedTags(server, "team/empty")).toEqual(["scratch", "test1"]);
    expect(await tagwiseSays("rm", `${server.host}/team/empty:test1`, "--yes")).toMatchObject({
      code: 0,
      ends: ["test1 removed"],
    });
    expect(await listedTags(server, "team/empty")).toEqual(["scratch"]);
  });
});

async function pushEmptyImage(server: RegistryServer, repository: string, tags: readonly string[]): Promise<void> {
  await pushBlob(server, repository, Buffer.from(config));
  const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
  const type = "application/vnd.docker.container.image.v1+json";
  const descriptor = { mediaType: type, size: config.length, digest: digestOf(Buffer.from(config)) };
  const manifest = { schemaVersion: 2, mediaType, config: descriptor, layers: [] };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = digestOf(bytes);
  expect(digest).toBe("sha256:732112270d7e59418a8c080b134b24cabd67d250d0d0147a97ed95ba5c280aa4");
  for (const tag of tags) await putManifest(server, repository, tag, { mediaType, bytes, digest });
}
