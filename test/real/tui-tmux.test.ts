import { describe, expect, it } from "vitest";
import { tagwiseCommand } from "../tui/terminal.ts";
import { listedTags } from "./harness/contents.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { newImage, push } from "./harness/images.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { openTmux } from "./harness/tmux.ts";

const repository = "team/app";
/** Far more than it takes: what is waited for may never come. */
const limit = { timeout: 120_000 };

describeWith(["docker-registry", "tmux"], "the terminal UI in tmux", () => {
  const stage = openStage();

  describe.each([
    { width: 80, height: 24 },
    { width: 120, height: 40 },
    { width: 200, height: 60 },
  ])("at $width x $height", ({ width, height }) => {
    it("removes one of two tags, puts it back, and leaves the terminal as it was", limit, async () => {
      const server = await startDockerRegistry(stage);
      await push(server, repository, newImage(), ["latest", "test1"]);
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
});
