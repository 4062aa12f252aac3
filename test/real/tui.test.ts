import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ctrl, keys, newHome, openTerminal, tagwiseCommand } from "../tui/terminal.ts";
import { listedTags, tagsOf } from "./harness/contents.ts";
import { pushCrowd } from "./harness/crowd.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { newImage, push, putManifest } from "./harness/images.ts";
import { waitUntil } from "./harness/processes.ts";
import type { RegistryServer } from "./harness/registry-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";

const repository = "team/app";

async function pushShared(server: RegistryServer, ...tags: readonly string[]): Promise<void> {
  const image = newImage();
  await push(server, repository, image);
  for (const tag of tags) await putManifest(server, repository, tag, image);
}

describeWith(["docker-registry"], "the terminal UI on a real registry", () => {
  const stage = openStage();

  it("takes three of five tags that share a manifest, leaves their siblings, and puts them back", async () => {
    const server = await startDockerRegistry(stage);
    await pushShared(server, "1.0", "1.1", "1.2", "latest", "stable");
    const before = await tagsOf(server, repository);
    const ui = openTerminal(["ui", server.host], newHome());
    await ui.shows(repository);
    await ui.press(keys.enter, " ", " ", " ", "d");
    await ui.shows("3 tags to remove");
    expect(ui.text()).toContain("stays for 2 siblings: latest, stable");
    await ui.press("y");
    await ui.shows("3 removed");
    expect(await listedTags(server, repository)).toEqual(["latest", "stable"]);
    await ui.press("u");
    await ui.shows("3 restored");
    expect(await tagsOf(server, repository)).toEqual(before);
    ui.send(`${ctrl("c")}`);
    expect(await ui.ended).toBe(0);
  });

  it("removes 1,200 tags by a filter after their count is typed, stops in the middle, and the rest is untouched", async () => {
    const server = await startDockerRegistry(stage);
    await pushCrowd(server, repository, { tags: 1_200 });
    await pushShared(server, "release-1", "release-2");
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
  });

  it("asks a registry with htpasswd for a login, and says why a read-only and a deletion-less one remove nothing", async () => {
    const credentials = { username: "ada", password: "correct horse" };
    const closed = await startDockerRegistry(stage, { htpasswd: credentials });
    await pushShared(closed, "1.0");
    const ui = openTerminal(["ui", closed.host], newHome());
    await ui.shows("wants a login");
    await ui.press(..."ada", keys.enter, ...credentials.password, keys.enter);
    await ui.shows(repository);
    ui.send("q");
    await ui.ended;

    const kept = await startDockerRegistry(stage, { deletion: false });
    await pushShared(kept, "1.0");
    const other = openTerminal(["ui", `${kept.host}/${repository}`], newHome());
    await other.shows("1.0");
    await other.press("d");
    await other.shows("this registry has deletion disabled");
    await other.press(keys.escape, "i");
    await other.shows("deletion  disabled");
    expect(await listedTags(kept, repository)).toEqual(["1.0"]);
    other.send(ctrl("c"));
    await other.ended;
  });
});

describeWith(["docker-registry"], "the terminal UI where something is in the way", () => {
  const stage = openStage();

  it("removes nothing by a flag, and puts back from the history what is not the last operation", async () => {
    const server = await startDockerRegistry(stage);
    await pushShared(server, "1.0", "latest", "stable");
    const before = await tagsOf(server, repository);
    const home = newHome();
    const kept = openTerminal(["ui", `${server.host}/${repository}`, "--read-only"], home);
    await kept.shows("stable");
    await kept.press("d");
    expect(kept.text()).toMatch(/READ-ONLY.*read-only: nothing is removed/s);
    kept.send("q");
    await kept.ended;
    expect(await tagsOf(server, repository)).toEqual(before);

    const ui = openTerminal(["ui", `${server.host}/${repository}`], home);
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
});

describeWith(["docker-registry", "tmux"], "the terminal UI in tmux", () => {
  const stage = openStage();

  describe.each([
    { width: 80, height: 24 },
    { width: 120, height: 40 },
    { width: 200, height: 60 },
  ])("at $width x $height", ({ width, height }) => {
    it("removes one of two tags, puts it back, and leaves the terminal as it was", async () => {
      const server = await startDockerRegistry(stage);
      await pushShared(server, "latest", "test1");
      const tmux = openTmux({ width, height });
      await tmux.shows("$");
      tmux.type(`${tagwiseCommand.join(" ")} ui ${server.host}/${repository}`, "Enter");
      await tmux.shows("test1");
      tmux.press("j", "d");
      await tmux.shows("1 tag to remove");
      tmux.press("y");
      await tmux.shows("1 removed");
      expect(await listedTags(server, repository)).toEqual(["latest"]);
      tmux.press("u");
      await tmux.shows("1 restored");
      expect(await listedTags(server, repository)).toEqual(["latest", "test1"]);
      tmux.press("Escape");
      await tmux.shows("? help");
      tmux.press("q");
      await tmux.shows(/\$ *\n*$/);
      expect(tmux.text()).not.toContain("┌");
    });
  });

  interface Tmux {
    type(text: string, key: string): void;
    press(...names: readonly string[]): void;
    text(): string;
    shows(wanted: string | RegExp): Promise<void>;
  }

  /** A tmux server of its own with one session. */
  function openTmux({ width, height }: { readonly width: number; readonly height: number }): Tmux {
    const home = newHome();
    const socket = join(home, "tmux");
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      XDG_STATE_HOME: home,
      XDG_CACHE_HOME: home,
      XDG_RUNTIME_DIR: home,
      LANG: "C.UTF-8",
      PS1: "$ ",
      HISTFILE: "/dev/null",
    };
    const run = (...words: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync("tmux", ["-S", socket, "-f", "/dev/null", ...words], {
        env,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`tmux ${words[0]}: ${stderr}`);
      return stdout;
    };
    run("new-session", "-d", "-x", `${width}`, "-y", `${height}`, "bash", "--norc", "--noprofile");
    onTestFinished(() => void run("kill-server"));
    const text = () => run("capture-pane", "-p");
    return {
      type: (words, key) => void run("send-keys", words, key),
      press: (...names) => void run("send-keys", ...names),
      text,
      shows: (wanted) =>
        waitUntil(() => (typeof wanted === "string" ? text().includes(wanted) : wanted.test(text())), {
          what: `tmux to show ${wanted}`,
          giveUp: () => undefined,
        }),
    };
  }
});
