import { beforeAll, expect, it } from "vitest";
import { tagsOf } from "./harness/contents.ts";
import { pushCrowd } from "./harness/crowd.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { type MadeImage, newImage, push } from "./harness/images.ts";
import { type CountingProxy, startProxy } from "./harness/proxy.ts";
import { type Pusher, pushThroughDeletions } from "./harness/pusher.ts";
import type { RegistryServer } from "./harness/registry-server.ts";
import { run } from "./harness/run.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { type Outcome, tagwise, told } from "./harness/tagwise.ts";

describeWith(["docker-registry", "regctl"], "pushes to the chosen tags, one every 10 ms through each DELETE", () => {
  const stage = openStage();
  const image: MadeImage = newImage();
  let server: RegistryServer;
  let proxy: CountingProxy;

  beforeAll(async () => {
    server = await startDockerRegistry(stage);
    proxy = await startProxy(stage, server);
  });

  it("survive tagwise, which reports their tags as kept, more often than regctl", async () => {
    const ours = await raced("team/ours", async (pusher, tags) => {
      const input = tags.map((tag) => `${proxy.host}/team/ours:${tag}\n`).join("");
      const removal = await tagwise(stage, ["rm", "-", "--yes", "-o", "json"], { input });
      expect([0, 3], told(removal)).toContain(removal.code);
      const outcome: Outcome = JSON.parse(removal.stdout);
      const lost = new Set(await pusher.lost());
      for (const { tag, outcome: end } of outcome.tags) {
        if (!lost.has(tag)) expect(end, tag).toBe(pusher.pushed.has(tag) ? "kept" : "removed");
      }
      return proxy.passed.filter(({ method, digest, path }) => {
        const tag = path.slice(path.lastIndexOf("/") + 1);
        return method === "PUT" && digest !== undefined && pusher.pushed.get(tag) === digest;
      }).length;
    });
    const theirs = await raced("team/theirs", async (_, tags) => {
      for (const tag of tags.slice(0, 30)) {
        const reference = `${proxy.host}/team/theirs:${tag}`;
        // it may fail: a push into a directory that the server is removing makes the DELETE a 500
        await run(stage, "regctl", ["--host", `reg=${proxy.host},tls=disabled`, "tag", "delete", reference]);
      }
      return 0;
    });
    process.stdout.write(`tagwise: ${sentence(ours)}\nregctl: ${sentence(theirs)}\n`);
    expect(ours.inside).toBeGreaterThanOrEqual(20);
    expect(theirs.inside).toBeGreaterThanOrEqual(20);
    expect(ours.putBack + ours.lost).toBeGreaterThan(0); // else no push met the server's walk
    expect(ours.lost / ours.tags).toBeLessThan(Math.max(0.1, theirs.lost / theirs.tags));
  });

  interface Race {
    readonly inside: number;
    readonly tags: number;
    readonly putBack: number;
    readonly lost: number;
  }

  /** Removes tags of a large repository while somebody pushes; nothing but what was chosen may change. */
  async function raced(
    repository: string,
    removing: (pusher: Pusher, tags: readonly string[]) => Promise<number>,
  ): Promise<Race> {
    const crowd = await pushCrowd(server, repository, { tags: 2000 });
    await push(server, repository, image);
    const chosen = Object.keys(crowd.tags).slice(0, 200);
    const pusher = pushThroughDeletions(server, { proxy, repository, image });
    const putBack = await removing(pusher, chosen);
    proxy.watch({});
    const held = await tagsOf(server, repository);
    for (const [tag, digest] of Object.entries(crowd.tags)) {
      if (!chosen.includes(tag)) expect(held[tag], tag).toBe(digest);
    }
    return { inside: pusher.inside, tags: pusher.pushed.size, putBack, lost: (await pusher.lost()).length };
  }

  function sentence({ inside, tags, putBack, lost }: Race): string {
    return `${inside} pushes inside a DELETE, to ${tags} tags; put back ${putBack}, lost ${lost}`;
  }
});
