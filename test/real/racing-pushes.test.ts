import { beforeAll, expect, it } from "vitest";
import { digestAt, tagsOf } from "./harness/contents.ts";
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
  /** Pushes while a DELETE is under way; fewer prove nothing. */
  const leastInside = 20;
  let server: RegistryServer;
  let proxy: CountingProxy;

  beforeAll(async () => {
    server = await startDockerRegistry(stage);
    proxy = await startProxy(stage, server);
  });

  it("survive tagwise, which reports their tags as kept, more often than regctl", async () => {
    const ours = await raced("team/ours", { atOnce: 200 }, async (pusher, tags) => {
      const before = proxy.passed.length;
      const input = tags.map((tag) => `${proxy.host}/team/ours:${tag}\n`).join("");
      const removal = await tagwise(stage, ["rm", "-", "--yes", "-o", "json"], { input });
      expect([0, 3], told(removal)).toContain(removal.code);
      const outcome: Outcome = JSON.parse(removal.stdout);
      const lost = new Set(await pusher.lost());
      for (const { tag, outcome: end } of outcome.tags) {
        if (lost.has(tag)) continue;
        // a push may be stored though it was refused, so what stands is asked, and not who pushed
        const stands = await digestAt(server, "team/ours", tag);
        expect(end, tag).toBe(stands === undefined ? "removed" : "kept");
      }
      return proxy.passed.slice(before).filter(({ method, digest, path }) => {
        const tag = path.slice(path.lastIndexOf("/") + 1);
        return method === "PUT" && digest !== undefined && pusher.pushed.get(tag) === digest;
      }).length;
    });
    const theirs = await raced("team/theirs", { atOnce: 1 }, async (_, [tag]) => {
      const reference = `${proxy.host}/team/theirs:${tag}`;
      // it may fail: a push into a directory that the server is removing makes the DELETE a 500
      await run(stage, "regctl", ["--host", `reg=${proxy.host},tls=disabled`, "tag", "delete", reference]);
      return 0;
    });
    process.stdout.write(`tagwise: ${sentence(ours)}\nregctl: ${sentence(theirs)}\n`);
    expect(ours.inside).toBeGreaterThanOrEqual(leastInside);
    expect(theirs.inside).toBeGreaterThanOrEqual(leastInside);
    expect(ours.putBack + ours.lost).toBeGreaterThan(0); // else no push met the server's walk
    expect(ours.lost / ours.tags).toBeLessThan(Math.max(0.1, theirs.lost / theirs.tags));
  });

  interface Race {
    readonly inside: number;
    readonly tags: number;
    readonly putBack: number;
    readonly lost: number;
  }

  /**
   * Removes tags of a large repository, some at once, while somebody pushes; nothing but what was chosen may change.
   */
  async function raced(
    repository: string,
    { atOnce }: { readonly atOnce: number },
    removing: (pusher: Pusher, tags: readonly string[]) => Promise<number>,
  ): Promise<Race> {
    const crowd = await pushCrowd(server, repository, { tags: 2000 });
    await push(server, repository, image);
    const names = Object.keys(crowd.tags);
    const pusher = pushThroughDeletions(server, { proxy, repository, image });
    let putBack = 0;
    let chosen = 0;
    // a fast server's DELETE is over before many pushes are sent: go on until enough fell inside
    while (pusher.inside < 4 * leastInside && chosen < names.length / 2) {
      putBack += await removing(pusher, names.slice(chosen, chosen + atOnce));
      chosen += atOnce;
    }
    proxy.watch({});
    const held = await tagsOf(server, repository);
    for (const tag of names.slice(chosen)) expect(held[tag], tag).toBe(crowd.tags[tag]);
    return { inside: pusher.inside, tags: pusher.pushed.size, putBack, lost: (await pusher.lost()).length };
  }

  function sentence({ inside, tags, putBack, lost }: Race): string {
    return `${inside} pushes inside a DELETE, to ${tags} tags; put back ${putBack}, lost ${lost}`;
  }
});
