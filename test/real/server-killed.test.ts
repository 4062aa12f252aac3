import { expect, it } from "vitest";
import { tagsOf } from "./harness/contents.ts";
import { pushCrowd } from "./harness/crowd.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { type Passed, startProxy } from "./harness/proxy.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { tagwise, told } from "./harness/tagwise.ts";

describeWith(["docker-registry"], "docker-registry killed inside the DELETE", () => {
  const stage = openStage();

  it.each([
    { cure: "recover", flags: [] },
    { cure: "recover --rollback", flags: ["--rollback"] },
  ])("and started again: $cure leaves the chosen tags gone or whole, and the others alone", async ({ flags }) => {
    const repository = `team/app${flags.join("")}`;
    const server = await startDockerRegistry(stage);
    const proxy = await startProxy(stage, server);
    const crowd = await pushCrowd(server, repository, { tags: 3000 });
    const chosen = Object.keys(crowd.tags).slice(0, 100);
    const decoys = new Set<string>();
    let kills = 0;
    proxy.watch({
      before({ method, path }) {
        if (method !== "DELETE" || kills > 0 || !decoys.has(path.slice(path.lastIndexOf("/") + 1))) return;
        kills++;
        // a walk over 3000 tags lasts longer than 30 ms
        setTimeout(() => void server.stop("SIGKILL").then(() => server.start()), 30);
      },
      after({ method, digest }: Passed) {
        if (method === "PUT" && digest !== undefined) decoys.add(digest);
      },
    });
    const input = chosen.map((tag) => `${proxy.host}/${repository}:${tag}\n`).join("");
    const removal = await tagwise(stage, ["rm", "-", "--yes", "-o", "json"], { input });
    const cut = proxy.passed.filter(({ method, status }) => method === "DELETE" && status === undefined).length;
    proxy.watch({});

    const recovered = await tagwise(stage, ["recover", `${proxy.host}/${repository}`, "--yes", "-o", "json", ...flags]);
    expect(recovered.code, told(recovered)).toBe(0);
    const held = await tagsOf(server, repository);
    const gone = chosen.filter((tag) => held[tag] === undefined).length;
    process.stdout.write(
      `the server was killed ${kills} time, rm ended with ${removal.code}, ${gone} of ${chosen.length} tags are gone\n`,
    );
    expect(cut).toBeGreaterThan(0); // else it was not killed inside
    for (const [tag, digest] of Object.entries(crowd.tags)) {
      const isChosen = chosen.includes(tag);
      expect(isChosen ? [undefined, digest] : [digest], tag).toContain(held[tag]);
    }
  });
});
