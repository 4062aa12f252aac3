import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ctrl, keys, newHome, openTerminal } from "../tui/terminal.ts";
import { listedTags, tagsOf } from "./harness/contents.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { newImage, push } from "./harness/images.ts";
import { startProxy } from "./harness/proxy.ts";
import { describeWith, openStage } from "./harness/suite.ts";

const repository = "team/app";
/** Far more than it takes: what is waited for may never come. */
const limit = { timeout: 120_000 };
const credentials = { username: "ada", password: "correct horse" };

describeWith(["docker-registry"], "the terminal UI where something is in the way", () => {
  const stage = openStage();

  it("asks for a login, masks it, and uses what docker stored before it asks", limit, async () => {
    const server = await startDockerRegistry(stage, { htpasswd: credentials });
    await push(server, repository, newImage(), ["1.0"]);
    const asked = openTerminal(["ui", server.host], newHome());
    await asked.shows("wants a login");
    await asked.press(..."ada", keys.enter, ...credentials.password);
    expect(asked.text()).toContain("password  *************");
    await asked.press(keys.enter);
    await asked.shows(repository);
    expect(asked.bytes()).not.toContain(credentials.password);
    asked.send("q");
    await asked.ended;

    const home = newHome();
    mkdirSync(join(home, "docker"));
    const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
    writeFileSync(join(home, "docker/config.json"), JSON.stringify({ auths: { [server.host]: { auth } } }));
    const knowing = openTerminal(["ui", server.host], home);
    await knowing.shows("as ada");
    await knowing.shows(repository);
    expect(knowing.bytes()).not.toContain("wants a login");
    knowing.send("q");
    expect(await knowing.ended).toBe(0);
  });

  it(
    "says why it removes nothing: deletion disabled, in the doctor's words, and read-only by a flag",
    limit,
    async () => {
      const server = await startDockerRegistry(stage, { deletion: false });
      await push(server, repository, newImage(), ["1.0"]);
      const before = await tagsOf(server, repository);
      const ui = openTerminal(["ui", `${server.host}/${repository}`], newHome());
      await ui.shows("1.0");
      await ui.press("d");
      await ui.shows("this registry has deletion disabled");
      await ui.press(keys.escape, "i");
      await ui.shows("deletion  disabled");
      ui.send(ctrl("c"));
      await ui.ended;

      const kept = openTerminal(["ui", `${server.host}/${repository}`, "--read-only"], newHome());
      await kept.shows("1.0");
      await kept.press("d");
      expect(kept.text()).toMatch(/READ-ONLY.*read-only: nothing is removed/s);
      kept.send("q");
      await kept.ended;
      expect(await tagsOf(server, repository)).toEqual(before);
    },
  );

  it(
    "says at once that nothing answers, at the start or later, and goes on when the registry is back",
    limit,
    async () => {
      const server = await startDockerRegistry(stage);
      await push(server, repository, newImage(), ["1.0", "2.0"]);
      await server.stop();
      // a hundred retries last for hours: what is shown is there before they end
      const ui = openTerminal(["ui", server.host, "--retries", "100"], newHome());
      await ui.shows(/NO ANSWER.*cannot connect.*trying again/s);
      await server.start();
      ui.send("R");
      await ui.shows(repository);
      expect(ui.text()).not.toContain("NO ANSWER");
      ui.send("q");
      expect(await ui.ended).toBe(0);

      const cut = openTerminal(["ui", server.host, "--retries", "0"], newHome());
      await cut.shows(repository);
      await server.stop();
      await cut.press(keys.enter);
      await cut.shows(/check the host and the port.*R tries again/s);
      await cut.press("e");
      expect(cut.text()).toMatch(/\d\d:\d\d:\d\d {2}team\/app: cannot connect to .*nothing listens there/);
      await server.start();
      await cut.press("q", "R");
      await cut.shows(/2 team\/app 2.*1\.0.*2\.0/s);
      await cut.press("d");
      await cut.shows("1 tag to remove");
      await cut.press("y");
      await cut.shows("1 removed");
      expect(await listedTags(server, repository)).toEqual(["2.0"]);
      cut.send("qq");
      expect(await cut.ended).toBe(0);
    },
  );

  it.each([401, 403, 404])(
    "opens a named repository where the catalog is refused with %i, and remembers it",
    limit,
    async (status) => {
      const server = await startDockerRegistry(stage);
      const proxy = await startProxy(stage, server);
      proxy.watch({ refuse: ({ path }) => (path.startsWith("/v2/_catalog") ? status : undefined) });
      await push(server, repository, newImage(), ["1.0"]);
      await push(server, "team/web", newImage(), ["3.0"]);
      const home = newHome();
      const ui = openTerminal(["ui", `${proxy.host}/${repository}`], home);
      await ui.shows("o names a repository");
      await ui.shows(/2 team\/app 1.*1\.0/s);
      await ui.press("o", ..."team/web", keys.enter);
      await ui.shows(/2 team\/web 1.*3\.0/s);
      ui.send("q");
      expect(await ui.ended).toBe(0);

      const again = openTerminal([], home);
      await again.shows(/team\/web.*team\/app/s);
      await again.press(keys.enter);
      await again.shows("3.0");
      again.send("q");
      expect(await again.ended).toBe(0);
    },
  );
});
