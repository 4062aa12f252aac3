import { expect, it } from "vitest";
import { tagsOf } from "./harness/contents.ts";
import { pushCrowd } from "./harness/crowd.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { type CountingProxy, startProxy } from "./harness/proxy.ts";
import type { RegistryServer } from "./harness/registry-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { tagwise, told } from "./harness/tagwise.ts";

describeWith(["docker-registry"], "docker-registry killed inside the DELETE and started again", () => {
  const stage = openStage();

  it.each([
    { name: "rm goes on by itself", alsoTagwise: false, flags: [] },
    { name: "with tagwise, recover finishes", alsoTagwise: true, flags: [] },
    { name: "with tagwise, recover --rollback puts back", alsoTagwise: true, flags: ["--rollback"] },
  ])("$name: no chosen tag stays on a decoy, and the others are left alone", async ({ alsoTagwise, flags }) => {
    const repository = "team/app";
    const server = await startDockerRegistry(stage);
    const proxy = await startProxy(stage, server);
    const crowd = await pushCrowd(server, repository, { tags: 2000 });
    const chosen = Object.keys(crowd.tags).slice(0, 120);
    let tagwisePid = 0;
    const killed = killInsideDeletion(proxy, server, () => {
      if (alsoTagwise) process.kill(tagwisePid, "SIGKILL");
    });
    const input = chosen.map((tag) => `${proxy.host}/${repository}:${tag}\n`).join("");
    const removal = await tagwise(stage, ["rm", "-", "--yes", "-o", "json"], {
      input,
      onStart: (pid) => {
        tagwisePid = pid;
      },
    });
    await killed(); // fails where no DELETE of a decoy was cut off
    const after = await tagsOf(server, repository);
    const left = chosen.filter((tag) => after[tag] !== undefined);
    const cut = left.filter((tag) => after[tag] !== crowd.tags[tag]);

    const recovered = await tagwise(stage, ["recover", `${proxy.host}/${repository}`, "--yes", "-o", "json", ...flags]);
    expect(recovered.code, told(recovered)).toBe(0);
    const held = await tagsOf(server, repository);
    const gone = chosen.filter((tag) => held[tag] === undefined).length;
    const end = alsoTagwise ? "was killed too" : `ended with ${removal.code}`;
    process.stdout.write(
      `the server was killed, rm ${end}; ${left.length} of ${chosen.length} tags left, ${cut.length} of them on a decoy, then ${gone} gone\n`,
    );
    const cure = (tag: string) => (flags.includes("--rollback") ? crowd.tags[tag] : undefined);
    expect(cut.map((tag) => held[tag])).toEqual(cut.map(cure));
    expect(cut.length > 0).toBe(alsoTagwise);
    for (const [tag, digest] of Object.entries(crowd.tags)) {
      const isChosen = chosen.includes(tag);
      expect(isChosen ? [undefined, digest] : [digest], tag).toContain(held[tag]);
    }
  });
});

/**
 * Kills a server soon after it got the first DELETE of a decoy with many tags; the function given back waits until it
 * runs again.
 */
function killInsideDeletion(proxy: CountingProxy, server: RegistryServer, alsoKill: () => void): () => Promise<void> {
  const standing = new Map<string, number>();
  let restarted: Promise<void> | undefined;
  const killAndRestart = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20)); // a walk over 2000 tags lasts longer
    alsoKill();
    await server.stop("SIGKILL");
    await server.start();
  };
  const isOfMany = (path: string) => (standing.get(path.slice(path.lastIndexOf("/") + 1)) ?? 0) >= 10;
  proxy.watch({
    before({ method, path }) {
      if (method === "DELETE" && isOfMany(path)) restarted ??= killAndRestart();
    },
    after({ method, digest }) {
      if (method === "PUT" && digest !== undefined) standing.set(digest, (standing.get(digest) ?? 0) + 1);
    },
  });
  return async () => {
    await restarted;
    const decoys = proxy.passed.filter(({ method, path }) => method === "DELETE" && isOfMany(path));
    expect(decoys[0]).toMatchObject({ method: "DELETE" });
    expect(decoys[0]?.status).toBeUndefined();
    proxy.watch({});
  };
}
