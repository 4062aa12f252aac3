import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import { newGate, openRegistry } from "../support/sample-registry.ts";
import { keys, newHome, openTerminal } from "./terminal.ts";

const question = "\u001b[?2026$p";
const knowsIt = "\u001b[?2026;2$y";

describe("the terminal UI", { timeout: 40_000 }, () => {
  it("draws frames as one where the terminal says that it can, never under tmux, and takes no answer for keys", async () => {
    const ui = openTerminal([], newHome());
    await ui.shows("Open");
    expect(ui.bytes()).toContain(question);
    expect(ui.bytes()).not.toContain("\u001b[?2026h");
    ui.send(knowsIt);
    await ui.press(keys.escape);
    const frame = ui.bytes().slice(ui.bytes().lastIndexOf("\u001b[?2026h"));
    expect(frame).toMatch(/\u001b\[\?2026l$/);
    expect(ui.text()).not.toMatch(/means nothing here|copied/);
    ui.send("q");
    expect(await ui.ended).toBe(0);

    const inTmux = openTerminal([], newHome(), { environment: { TMUX: "/tmp/tmux-1/default,1,0" } });
    await inTmux.shows("Open");
    inTmux.send(knowsIt);
    await inTmux.press(keys.escape);
    expect(inTmux.bytes()).not.toContain("2026");
    inTmux.send("q");
    expect(await inTmux.ended).toBe(0);
  });

  it("obeys the config file: a read-only registry takes the key away, production wants the word typed for one tag", async () => {
    const registry = await openRegistry();
    await registry.push("team/app", ["1.0", "latest"]);
    const home = newHome();
    mkdirSync(join(home, "config/tagwise"), { recursive: true });
    const configure = (rule: string) =>
      writeFileSync(join(home, "config/tagwise/config.yaml"), `registries:\n  ${registry.host}:\n    ${rule}: true\n`);
    configure("read-only");
    const kept = openTerminal(["ui", `${registry.host}/team/app`], home);
    await kept.shows("latest");
    await kept.press("d");
    expect(kept.text()).toMatch(/READ-ONLY.*read-only: nothing is removed/s);
    kept.send("q");
    await kept.ended;

    configure("production");
    const ui = openTerminal(["ui", `${registry.host}/team/app`], home);
    await ui.shows(/PRODUCTION.*latest/s);
    await ui.press("d");
    await ui.shows("this registry is marked as production");
    await ui.press("y", "y");
    expect(await registry.tags("team/app")).toEqual(["1.0", "latest"]);
    await ui.press(keys.backspace, "1", "y");
    await ui.shows("1 removed");
    expect(await registry.tags("team/app")).toEqual(["latest"]);
    ui.send("qq");
    expect(await ui.ended).toBe(0);
  });

  it("tries those again that failed, and nothing of an undo", async () => {
    let isHeld = true;
    const registry = await openRegistry({
      gate: async ({ method, args }) => {
        if (isHeld && method === "putManifest" && args[1] === "1.1") throw new RegistryError("UNKNOWN", "1.1 is held");
      },
    });
    await registry.push("team/app", ["1.0", "1.1", "latest"]);
    const ui = openTerminal(["ui", `${registry.host}/team/app`], newHome());
    await ui.shows("latest");
    await ui.press(" ", " ", "d");
    await ui.shows("2 tags to remove");
    await ui.press("y");
    await ui.shows(/failed +1\.1 .*1\.1 is held/);
    expect(await registry.tags("team/app")).toContain("1.1");
    isHeld = false;
    await ui.press("r");
    await ui.shows(/goes +1\.1/);
    await ui.press("y");
    await ui.shows("1 removed");
    expect(await registry.tags("team/app")).not.toContain("1.1");
    await ui.press("u");
    await ui.shows("1 restored");
    await ui.press("r");
    expect(ui.text()).toContain("no removal failed");
    ui.send("qq");
    expect(await ui.ended).toBe(0);
  });

  it("shows what is running, stops it by x, and says so", async () => {
    const gate = newGate();
    const registry = await openRegistry({ gate: ({ method }) => (method === "resolve" ? gate.closed() : undefined) });
    await registry.push(
      "team/app",
      Array.from({ length: 60 }, (_, index) => `v${index}`),
    );
    const ui = openTerminal(["ui", `${registry.host}/team/app`], newHome());
    await ui.shows("scanning 60 tags of team/app");
    await gate.reached;
    ui.send("w");
    await ui.shows(/─ Running ─.*scanning 60 tags of team\/app/s);
    ui.send("x");
    await ui.shows("stopping: scanning 60 tags of team/app");
    gate.open();
    await ui.shows("nothing is running");
    ui.send("qq");
    expect(await ui.ended).toBe(0);
  });

  it("reads what the cursor rests on, and nothing of what it only passed", async () => {
    const asked = new Set<string>();
    let gate = newGate();
    gate.open();
    const registry = await openRegistry({
      gate({ method, args }) {
        if (method !== "resolve" && method !== "getManifest") return undefined;
        asked.add(String(args[1]));
        return gate.closed();
      },
    });
    const name = (index: number) => `v${String(index).padStart(4, "0")}`;
    await registry.push(
      "team/app",
      Array.from({ length: 1_100 }, (_, index) => name(index)),
    );
    const ui = openTerminal(["ui", `${registry.host}/team/app`], newHome());
    await ui.press("g");
    await ui.shows("33 siblings");
    asked.clear();
    await ui.press("\u0006\u0006\u0006\u0006"); // four pages in one go
    const passed = Array.from({ length: 65 }, (_, row) => name(34 + row)); // the last page begins at 99
    expect(passed.filter((tag) => asked.has(tag))).toEqual([]);
    expect(asked).toContain("v0132");

    // a page that is being read is given up when the cursor moves on
    asked.clear();
    gate = newGate();
    ui.send("G");
    await gate.reached;
    ui.send("g");
    await ui.shows("v0005");
    gate.open();
    await ui.press("j");
    const late = Array.from({ length: 34 }, (_, row) => name(1_099 - row)).filter((tag) => asked.has(tag));
    expect(late.length).toBeLessThanOrEqual(8); // no more than were under way
    expect(ui.text()).toMatch(/3 v0001 /);
    ui.send("q");
    expect(await ui.ended).toBe(0);
  });

  it("opens after the demonstration, on a registry like the one that was shown", async () => {
    const ui = openTerminal(["demo"], newHome());
    await ui.shows("Enter opens the terminal UI");
    ui.send(keys.enter);
    await ui.shows(/─ 1 Repositories \d.*team\/shop/s);
    ui.send("q");
    expect(await ui.ended).toBe(0);
    expect(ui.emulator.buffer.active.type).toBe("normal");
  });
});
