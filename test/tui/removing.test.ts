import { describe, expect, it } from "vitest";
import { openRegistry } from "./registry.ts";
import { keys, newHome, openTerminal } from "./terminal.ts";

describe("removing in the terminal UI", () => {
  it("takes three of five tags that share a manifest, leaves their siblings, and puts them back", async () => {
    const registry = await openRegistry();
    const shared = await registry.push("team/app", ["1.0", "1.1", "1.2", "latest", "stable"]);
    await registry.push("team/app", ["old"], { name: "old" });
    const before = await registry.digests("team/app");
    const ui = openTerminal(["ui", `${registry.host}/team/app`], newHome());
    await ui.shows("stable");
    await ui.press(" ", " ", " ");
    expect(ui.text()).toContain("3 marked");
    await ui.press("d");
    await ui.shows("3 tags to remove");
    expect(ui.text()).toContain("stays for 2 siblings: latest, stable");
    expect(ui.text()).toContain(shared.slice(0, 19));
    await ui.press(keys.enter);
    expect(await registry.tags("team/app")).toHaveLength(6);
    await ui.press("y");
    await ui.shows("3 removed");
    expect(await registry.tags("team/app")).toEqual(["latest", "old", "stable"]);
    await ui.press("u");
    await ui.shows("3 restored");
    expect(await registry.digests("team/app")).toEqual(before);
    await ui.press(keys.escape, "q");
    expect(await ui.ended).toBe(0);
  });
});
