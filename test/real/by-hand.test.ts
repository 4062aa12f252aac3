import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { logIn } from "./harness/clients.ts";
import { digestAt, tagsOf } from "./harness/contents.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { type MadeImage, newImage, newIndex, push, putManifest } from "./harness/images.ts";
import { shellBlocks } from "./harness/pages.ts";
import { startProxy } from "./harness/proxy.ts";
import type { RegistryServer } from "./harness/registry-server.ts";
import { type Finished, run } from "./harness/run.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { tagwise, told } from "./harness/tagwise.ts";

const page = new URL("../../docs/guide/by-hand.md", import.meta.url);
const blocks = shellBlocks(page);
const preparation = blocks.get("Before anything is changed") ?? [];
const removal = blocks.get("The removal") ?? [];
const undo = blocks.get("Putting it back") ?? [];
const collection = blocks.get("Freeing the space") ?? [];

describeWith(["docker-registry", "htpasswd", "curl"], "the guide to removing a tag by hand", () => {
  const stage = openStage();
  const credentials = { username: "user", password: "pass" };
  let server: RegistryServer;

  beforeAll(async () => {
    server = await startDockerRegistry(stage, { htpasswd: credentials });
  });

  describe.each([
    { kind: "image", make: newImage },
    { kind: "index", make: newIndex },
  ])("for an $kind", ({ kind, make }) => {
    it("removes the tag and no sibling, and puts it back", async () => {
      const repository = `team/${kind}`;
      const { image, others } = await twoSiblingsAndAnother(server, repository, make);
      const removed = await paste([...preparation, ...removal], repository);
      expect(removed).toMatchObject({ code: 0, stdout: expect.stringContaining("removed test1, and nothing else") });
      expect(await tagsOf(server, repository)).toEqual(others);

      await push(server, repository, image, ["test1"]);
      const restored = await paste([...preparation, ...removal, ...undo], repository);
      expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining("test1 is back") });
      expect(await tagsOf(server, repository)).toEqual({ ...others, test1: image.digest });
    });
  });

  it("asks for what rm --verbose shows, in the same order", async () => {
    const proxy = await startProxy(stage, server);
    const at = { ...server, host: proxy.host, origin: `http://${proxy.host}` };
    logIn(stage, at);
    await twoSiblingsAndAnother(server, "team/order", newImage);
    await paste([...preparation, ...removal], "team/order", at);
    const byHand = steps(proxy.passed);
    proxy.watch({});
    await twoSiblingsAndAnother(server, "team/order", newImage);
    const { stderr, code } = await tagwise(stage, ["rm", `${proxy.host}/team/order:test1`, "--yes", "--verbose"]);
    expect(code, stderr).toBe(0);
    const shown = [...stderr.matchAll(/^([A-Z]+) http:\/\/[^/]+(\S+) → (\d+)/gm)];
    const requests = shown.map(([, method = "", path = "", status]) => ({ method, path, status: Number(status) }));
    const words = ({ method, path, status }: (typeof requests)[number]) => `${method} ${path} ${status}`;
    expect(requests.map(words).sort()).toEqual(proxy.passed.map((one) => words({ status: 0, ...one })).sort());
    const byTagwise = withoutWatching(steps(requests));
    expect(missingFrom(byHand, byTagwise), `${byTagwise.join("\n")}\nby hand:\n${byHand.join("\n")}`).toBeUndefined();
    const looks = new Set(["GET _catalog?n=1000", "GET list", "HEAD a sibling"]); // a person looks more often
    const acts = byTagwise.filter((step) => !looks.has(step));
    expect(withoutWatching(byHand).filter((step) => !looks.has(step))).toEqual(acts);
    expect(acts).toContain("PUT test1");
    process.stdout.write(`by hand ${byHand.length} requests, by tagwise ${requests.length}, in the same order\n`);
  });

  it("makes a decoy that no second run makes", async () => {
    const { image } = await twoSiblingsAndAnother(server, "team/unique", newImage);
    const decoys = new Set<string | undefined>();
    for (let run = 0; run < 2; run++) {
      await paste([...preparation, ...removal.slice(0, 3)], "team/unique"); // to the PUT of the decoy
      decoys.add(await digestAt(server, "team/unique", "test1"));
      await putManifest(server, "team/unique", "test1", image);
    }
    expect(decoys.size).toBe(2);
    expect(decoys).not.toContain(image.digest);
  });

  it("leaves a decoy that recover knows, where it is broken off", async () => {
    const { image, others } = await twoSiblingsAndAnother(server, "team/broken-off", newImage);
    const anHourAgo = removal.slice(0, 3).map((block) => block.replace("date -u", 'date -u -d "1 hour ago"'));
    await paste([...preparation, ...anHourAgo], "team/broken-off");
    logIn(stage, server);
    const target = `${server.host}/team/broken-off`;
    const recovered = await tagwise(stage, ["recover", target, "--rollback", "--yes", "-o", "json"]);
    expect(recovered.code, told(recovered)).toBe(0);
    expect(await tagsOf(server, "team/broken-off")).toEqual({ ...others, test1: image.digest });
  });

  it("changes nothing where the tag has moved between the copy and the removal", async () => {
    const { others } = await twoSiblingsAndAnother(server, "team/moved", newImage);
    const other = newImage();
    await push(server, "team/moved", other);
    const moving = `curl -s -u "$login" -X PUT -H 'Content-Type: ${other.mediaType}' -d '${Buffer.from(other.bytes)}' "$api/manifests/$tag"\n`;
    const stopped = await paste([...preparation, moving, ...removal], "team/moved");
    expect(stopped.stdout).not.toContain("removed");
    expect(stopped.code).not.toBe(0);
    expect(await tagsOf(server, "team/moved")).toEqual({ ...others, test1: other.digest });
  });

  it("changes nothing where deletion is disabled", async () => {
    const closed = await startDockerRegistry(stage, { htpasswd: credentials, deletion: false });
    const { image, others } = await twoSiblingsAndAnother(closed, "team/app", newImage);
    expect((await paste([...preparation, ...removal], "team/app", closed)).code).not.toBe(0);
    expect(await tagsOf(closed, "team/app")).toEqual({ ...others, test1: image.digest });
  });

  it("frees the space of a manifest that lost its last tag, after a restart", async () => {
    const store = await startDockerRegistry(stage, { htpasswd: credentials });
    const [last, sibling] = [newImage(), newImage()];
    await push(store, "team/app", last, ["test1"]);
    await push(store, "team/app", sibling, ["latest"]);
    const pasting = paste([...preparation, ...removal, ...collection], "team/app", store);
    expect(await pasting).toMatchObject({ code: 0, stdout: expect.stringContaining("the siblings of test1 stand") });
    expect(await digestAt(store, "team/app", last.digest)).toBeUndefined();
    expect(await tagsOf(store, "team/app")).toEqual({ latest: sibling.digest });
  });

  /** Pastes blocks into a shell as a person does, with the person's own settings. */
  async function paste(texts: readonly string[], repository: string, at = server): Promise<Finished> {
    const started = join(stage.directory, "started-by-hand.pid");
    stage.defer(() => endStartedByHand(started));
    const settings = {
      "registry=https://registry.example.com": `registry=${at.origin}`,
      "repository=team/app": `repository=${repository}`,
      "config=/etc/docker/registry/config.yml": `config=${at.configFile}`,
      "systemctl stop docker-registry": `kill ${at.pid()}; while kill -0 ${at.pid()} 2>/dev/null; do sleep 0.1; done`,
      "systemctl start docker-registry": `docker-registry serve "$config" >/dev/null 2>&1 & echo $! > ${started}`,
    };
    const input = Object.entries(settings).reduce((text, [from, to]) => text.replaceAll(from, to), texts.join("\n"));
    const options = { input, directory: stage.directory, environment: { TMPDIR: stage.directory } };
    const ended = await run(stage, "bash", [], options);
    process.stdout.write(`${repository}: ${texts.length} blocks pasted, which ended with ${ended.code}\n`);
    return ended;
  }
});

/** A tag `test1`, its sibling `latest` on the same manifest, and a tag on another one. */
async function twoSiblingsAndAnother(server: RegistryServer, repository: string, make: () => MadeImage) {
  const [image, other] = [make(), newImage()];
  await push(server, repository, image, ["latest", "test1"]);
  await push(server, repository, other, ["other"]);
  return { image, others: { latest: image.digest, other: other.digest } };
}

/** What a sequence of requests does, without names that differ from run to run; pings are left out. */
function steps(requests: readonly { readonly method: string; readonly path: string }[]): readonly string[] {
  return requests
    .filter(({ path }) => path !== "/v2/")
    .map(({ method, path }) => {
      const last = path.slice(path.lastIndexOf("/") + 1);
      const isSibling = last === "latest" || last === "other";
      const what = last.startsWith("sha256:") ? "a digest" : isSibling ? "a sibling" : last;
      return `${method} ${method === "DELETE" && what !== "a digest" ? "a tag that is not there" : what}`;
    });
}

/** A person looks at the tag once it stands on the decoy, and while the DELETE lasts tagwise watches it for pushes. */
function withoutWatching(all: readonly string[]): readonly string[] {
  return all.filter((step, place) => step !== "HEAD test1" || place < all.indexOf("PUT test1"));
}

/** The first step of a sequence that does not come, in its place, in another; undefined where all do. */
function missingFrom(all: readonly string[], sequence: readonly string[]): string | undefined {
  let place = -1;
  return sequence.find((step) => {
    place = all.indexOf(step, place + 1);
    return place === -1;
  });
}

function endStartedByHand(pidFile: string): void {
  if (!existsSync(pidFile)) return;
  process.kill(Number(readFileSync(pidFile, "utf8")));
  rmSync(pidFile);
}
