import { expect, it } from "vitest";
import { ctrl, keys, newHome, openTerminal } from "../tui/terminal.ts";
import { listedTags, tagsOf } from "./harness/contents.ts";
import { pushCrowd } from "./harness/crowd.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { newImage, push } from "./harness/images.ts";
import { startProxy } from "./harness/proxy.ts";
import { describeWith, openStage } from "./harness/suite.ts";

const repository = "team/app";
/** Far more than it takes: what is waited for may never come. */
const limit = { timeout: 120_000 };

describeWith(["docker-registry"], "removing in the terminal UI on a real registry", () => {
  const stage = openStage();

  it("takes three of five tags that share a manifest, leaves their siblings, and puts them back", limit, async () => {
    const server = await startDockerRegistry(stage);
    await push(server, repository, newImage(), ["1.0", "1.1", "1.2", "latest", "stable"]);
    const before = await tagsOf(server, repository);
    const ui = openTerminal(["ui", server.host], newHome());
    await ui.shows(repository);
    await ui.press(keys.enter, " ", " ", " ", "d");
    await ui.shows("3 tags to remove");
    await ui.shows("stays for 2 siblings: latest, stable");
    await ui.press("y");
    await ui.shows("3 removed");
    expect(await listedTags(server, repository)).toEqual(["latest", "stable"]);
    await ui.press("u");
    await ui.shows("3 restored");
    expect(await tagsOf(server, repository)).toEqual(before);
    ui.send(`${ctrl("c")}`);
    expect(await ui.ended).toBe(0);
  });

  it(
    "removes 1,200 tags by a filter after their count is typed, stops in the middle, and the rest is untouched",
    limit,
    async () => {
      const server = await startDockerRegistry(stage);
      await pushCrowd(server, repository, { tags: 1_200 });
      await push(server, repository, newImage(), ["release-1", "release-2"]);
      const ui = openTerminal(["ui", `${server.host}/${repository}`], newHome());
      await ui.shows("tag000020");
      await ui.press("/", ..."tag0", keys.enter, ctrl("a"), "d");
      await ui.shows("1200 tags to remove");
      await ui.press("y", ..."1200");
      ui.send("y");
      await ui.shows(/(?:removing|pointing at the decoy|deleting the decoy) [1-9]\d* of 1200/);
      ui.send("x");
      await ui.shows(/\d+ removed.*\d+ failed/);
      const removed = Number(/(\d+) removed/.exec(ui.text())?.[1]);
      const left = await tagsOf(server, repository);
      expect(Object.keys(left)).toHaveLength(1_202 - removed);
      expect(Object.values(left)).not.toContain("missing");
      await ui.press(keys.escape, keys.escape, "R");
      await ui.shows(`${repository} ${1_202 - removed}`);
      ui.send("q");
      expect(await ui.ended).toBe(0);
    },
  );

  it("puts back from the history what is not the last operation", limit, async () => {
    const server = await startDockerRegistry(stage);
    await push(server, repository, newImage(), ["1.0", "latest", "stable"]);
    const before = await tagsOf(server, repository);
    const ui = openTerminal(["ui", `${server.host}/${repository}`], newHome());
    await ui.shows("stable");
    for (const gone of ["1.0", "latest"]) {
      await ui.press("g", "d");
      await ui.shows(`goes     ${gone}`);
      await ui.press("y");
      await ui.shows("1 removed");
      await ui.press(keys.escape);
    }
    expect(await listedTags(server, repository)).toEqual(["stable"]);
    await ui.press("U", "j", "u");
    await ui.shows("1 restored");
    expect(await listedTags(server, repository)).toEqual(["1.0", "stable"]);
    await ui.press(keys.escape, "U", "u");
    await ui.shows(/1 restored.*latest/s);
    expect(await tagsOf(server, repository)).toEqual(before);
    ui.send("qq");
    expect(await ui.ended).toBe(0);
  });

  it.each([
    { key: "b", does: "puts the originals back", ends: "Originals put back", left: ["1.0", "latest", "stable"] },
    { key: "f", does: "finishes the removal", ends: "What was cut off is finished", left: ["latest", "stable"] },
  ])("finds at its start what was killed in the middle, and $does", limit, async ({ key, ends, left }) => {
    const server = await startDockerRegistry(stage);
    const proxy = await startProxy(stage, server);
    const image = newImage();
    await push(server, repository, image, ["1.0", "latest", "stable"]);
    const home = newHome();
    const cut = openTerminal(["ui", `${proxy.host}/${repository}`], home);
    await cut.shows("stable");
    await cut.press("d");
    await cut.shows("1 tag to remove");
    proxy.watch({
      before({ method }) {
        if (method !== "DELETE") return undefined;
        cut.signal("SIGKILL");
        return new Promise(() => {}); // and the registry never hears of it
      },
    });
    cut.send("y");
    await cut.ended;
    proxy.watch({});
    expect((await tagsOf(server, repository))["1.0"]).not.toBe(image.digest);

    const ui = openTerminal(["ui", proxy.host], home);
    await ui.shows("1 operation cut off");
    await ui.press(keys.enter); // is no answer
    expect(ui.text()).toContain("1 operation cut off");
    await ui.press(key);
    await ui.shows(ends);
    expect(await tagsOf(server, repository)).toEqual(Object.fromEntries(left.map((tag) => [tag, image.digest])));
    ui.send("qq");
    expect(await ui.ended).toBe(0);
  });
});
