import { describe, expect, it } from "vitest";
import { type Gate, newGate, openRegistry } from "../support/sample-registry.ts";
import { keys, newHome, openTerminal } from "./terminal.ts";

describe("removing in the terminal UI", { timeout: 40_000 }, () => {
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
    await ui.shows("stays for 2 siblings: latest, stable");
    expect(ui.text()).toContain(shared.slice(0, 19));
    await ui.press(keys.enter, "d"); // neither Enter nor the key that began it is a yes
    expect(await registry.tags("team/app")).toHaveLength(6);
    await ui.press("y");
    await ui.shows("3 removed");
    expect(await registry.tags("team/app")).toEqual(["latest", "old", "stable"]);
    await ui.press("u");
    await ui.shows("3 restored");
    expect(await registry.digests("team/app")).toEqual(before);

    await ui.press(keys.escape, "U");
    await ui.shows(/undone .*team\/app 3 tags/);
    await ui.press("u");
    await ui.shows("it cannot be undone: it is undone");
    await ui.press(keys.escape);
    ui.send("q");
    expect(await ui.ended).toBe(0);
  });

  it("puts an operation back from the history, also where it is not the last", async () => {
    const registry = await openRegistry();
    await registry.push("team/app", ["1.0", "latest", "old", "stable"]);
    const before = await registry.digests("team/app");
    const ui = openTerminal(["ui", `${registry.host}/team/app`], newHome());
    await ui.shows("stable");
    for (const [rest, gone] of [
      [3, "1.0"],
      [2, "latest"],
    ] as const) {
      await ui.press("g", "d");
      await ui.shows(`goes     ${gone}`);
      await ui.press("y");
      await ui.shows("1 removed");
      expect(await registry.tags("team/app")).toHaveLength(rest);
      await ui.press(keys.escape);
    }
    await ui.press("U", "j", "u");
    await ui.shows("1 restored");
    const { latest: _, ...others } = before;
    expect(await registry.digests("team/app")).toEqual(others);
    await ui.press(keys.escape, "U", "u");
    await ui.shows(/1 restored.*latest/s);
    expect(await registry.digests("team/app")).toEqual(before);
    ui.send("qq");
    expect(await ui.ended).toBe(0);
  });

  it("wants the count of many typed, stops in good order in the middle, and reports each tag", async () => {
    const scan = newGate();
    const middle = newGate();
    let heads = Number.NEGATIVE_INFINITY;
    let deletions = 0;
    const registry = await openRegistry({
      gate({ method }) {
        if (method === "resolve" && ++heads > 100) return scan.closed();
        return method === "deleteManifest" && ++deletions > 4 ? middle.closed() : undefined;
      },
    });
    const nightly = Array.from({ length: 1_200 }, (_, index) => `nightly-${index}`);
    const kept = Array.from({ length: 300 }, (_, index) => `release-${index}`);
    await registry.push("team/app", [...nightly, ...kept]);
    const ui = openTerminal(["ui", `${registry.host}/team/app`], newHome());
    await ui.shows("nightly-1027");
    await ui.press("/");
    await ui.press(...Array.from("night"), keys.enter, "\u0001");
    expect(ui.text()).toContain("1200 marked");
    heads = 0; // the gate closes within the preview's scan
    ui.send("d");
    await ui.shows(/at least \d+ siblings, 33 % scanned/);
    ui.send("y");
    await ui.shows("wait until the siblings are scanned");
    ui.send("p");
    scan.open();
    await ui.shows("1200 tags to remove");
    await ui.press("y");
    await ui.shows("type 1200 or team/app");
    await ui.press(..."1200");
    expect(ui.text()).toContain("y removes them");
    ui.send("y");
    await ui.shows(/removing \d+ of 1200/);
    ui.send("x");
    await ui.shows("stopping in good order");
    middle.open();
    await ui.shows(/\d+ removed.*\d+ failed/);
    const counts = ["removed", "restored", "failed"].map((end) =>
      Number(new RegExp(`(\\d+) ${end}`).exec(ui.text())?.[1] ?? 0),
    );
    const [removed = 0, restored = 0, failed = 0] = counts;
    expect(removed + restored + failed).toBe(1_200);
    const left = await registry.tags("team/app");
    expect(left).toHaveLength(1_500 - removed);
    expect(left.filter((tag) => tag.startsWith("release-"))).toHaveLength(300);
    await ui.press(keys.escape, "R");
    await ui.shows(`${restored + failed} of ${left.length}`);
    ui.send("q");
    expect(await ui.ended).toBe(0);
  });

  it("says why it removes nothing: read-only, deletion disabled, protected", async () => {
    const registry = await openRegistry({ noDelete: true });
    await registry.push("team/app", ["1.0", "latest"]);
    const ui = openTerminal(["ui", `${registry.host}/team/app`, "--protect", "latest"], newHome());
    await ui.shows("latest");
    await ui.press("j", "d");
    await ui.shows('protected by "latest"');
    await ui.press(keys.escape, "k", "d");
    await ui.shows("this registry has deletion disabled");
    await ui.press(keys.escape, "d");
    await ui.shows(/deletion disabled; enable it there/);
    await ui.shows("no removal");
    ui.send("q");
    await ui.ended;

    const readOnly = openTerminal(["ui", `${registry.host}/team/app`, "--read-only"], newHome());
    await readOnly.shows("latest");
    await readOnly.press("d");
    expect(readOnly.text()).toContain("READ-ONLY");
    expect(readOnly.text()).toContain("read-only: nothing is removed");
    readOnly.send("q");
    await readOnly.ended;
  });

  it("offers at the next start to finish or to put back what was cut off", async () => {
    let gate: Gate | undefined;
    const registry = await openRegistry({
      gate: ({ method }) => (method === "deleteManifest" ? gate?.closed() : undefined),
    });
    await registry.push("team/app", ["1.0", "latest", "stable"]);
    const before = await registry.digests("team/app");
    const home = newHome();
    const cut = async () => {
      const ui = openTerminal(["ui", `${registry.host}/team/app`], home);
      await ui.shows("stable");
      await ui.press("d");
      await ui.shows("1 tag to remove");
      gate = newGate();
      ui.send("y");
      await gate.reached;
      ui.send("q"); // hides the progress
      await ui.shows("d remove");
      ui.send("q");
      await ui.shows("something is being changed");
      ui.signal("SIGKILL");
      await ui.ended;
      gate = undefined;
    };
    await cut();
    expect(await registry.digests("team/app")).not.toEqual(before);
    const back = openTerminal(["ui", registry.host], home);
    await back.shows("1 operation cut off");
    await back.press(keys.enter, "b");
    await back.shows("Originals put back");
    expect(await registry.digests("team/app")).toEqual(before);
    back.send(`${keys.escape}`);
    await back.shows("o go to");
    back.send("q");
    await back.ended;

    await cut();
    const on = openTerminal(["ui", registry.host], home);
    await on.shows("1 operation cut off");
    await on.press("f");
    await on.shows("What was cut off is finished");
    expect(await registry.tags("team/app")).toEqual(["latest", "stable"]);
    on.send("q");
    await on.shows("o go to");
    on.send("q");
    expect(await on.ended).toBe(0);
  });
});
