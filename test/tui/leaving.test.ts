import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { newGate, openRegistry } from "../support/sample-registry.ts";
import { ctrl, keys, newHome, type OpenTerminal, openTerminal, tagwiseCommand } from "./terminal.ts";

describe("leaving the terminal UI", { timeout: 40_000 }, () => {
  it.each(["SIGTERM", "SIGHUP", "SIGINT"] as const)("gives the terminal back on %s", async (signal) => {
    const ui = openTerminal([], newHome());
    await ui.shows("Open");
    ui.signal(signal);
    expect(await ui.ended).toBe(signal === "SIGINT" ? 130 : 143);
    expectGivenBack(ui);
  });

  it("gives the terminal back on a throw, and then says what it was", async () => {
    const throwing = fileURLToPath(import.meta.resolve("./throwing.ts"));
    const program = [process.execPath, "--import", import.meta.resolve("tsx"), throwing];
    const ui = openTerminal([], newHome(), { program });
    await ui.shows("one.example/app");
    ui.send(keys.enter);
    expect(await ui.ended).toBe(1);
    expectGivenBack(ui);
    expect(ui.text()).toContain("a bug\\u{1b}]0;owned\\u{7}");
    expect(ui.text()).toMatch(/^ +at /m);
  });

  const hasBash = spawnSync("bash", ["-c", "type stty md5sum"]).status === 0;
  const itInBash = it.skipIf(!hasBash && process.env.CI !== "true");

  itInBash("suspends on ctrl-z as the shell expects it, and draws all anew on fg (needs bash)", async () => {
    const shell = openTerminal(["--norc", "--noprofile", "-i"], newHome(), {
      program: ["bash"],
      environment: { PS1: "here> " },
    });
    await shell.shows("here>");
    const before = "stty -a | md5sum | cut -c1-8 | tr -d '\\n'; echo ' before'\r";
    shell.send(before);
    await shell.shows(/[0-9a-f]{8} before/);
    shell.send(`${tagwiseCommand.map((word) => `'${word}'`).join(" ")}\r`);
    await shell.shows("HOST/REPOSITORY");
    shell.send(`${keys.escape}`);
    await shell.shows("b group");
    shell.send(`m${ctrl("z")}`);
    await shell.shows("Stopped");
    expect(shell.emulator.modes.mouseTrackingMode).toBe("none");
    shell.send(before.replace("before", "after"));
    await shell.shows(/[0-9a-f]{8} after/);
    const sums = [...shell.text().matchAll(/([0-9a-f]{8}) (?:before|after)/g)].map(([, sum]) => sum);
    expect(sums[0]).toBe(sums[1]);
    expect(shell.emulator.buffer.active.type).toBe("normal");
    shell.send("fg\r");
    await shell.shows("b group");
    expect(shell.emulator.modes.mouseTrackingMode).toBe("vt200");
    shell.send("q");
    await shell.shows(/fg\n.*\nhere> $/ms);
    expect(shell.emulator.buffer.active.type).toBe("normal");
    expect(shell.emulator.modes.wraparoundMode).toBe(true);
    shell.send("exit\r");
    await shell.ended;
  });

  it("names the plain command where there is no terminal, or a dumb one, with exit code 2", async () => {
    const [node = "", ...args] = tagwiseCommand;
    const { status, stderr } = spawnSync(node, [...args, "ui", "127.0.0.1:1/team/app"], {
      encoding: "utf8",
      cwd: newHome(),
    });
    expect(stderr).toBe(
      "tagwise: the terminal UI needs a terminal; the plain command is: tagwise tags 127.0.0.1:1/team/app\n",
    );
    expect(status).toBe(2);
    const dumb = openTerminal([], newHome(), { environment: { TERM: "dumb" } });
    expect(await dumb.ended).toBe(2);
    expect(dumb.text()).toContain("tagwise ls HOST");
  });

  it("survives a storm of resizes, and says when it is too small", async () => {
    const ui = openTerminal([], newHome());
    await ui.shows("Open");
    await ui.press(keys.escape);
    for (const [width, height] of [
      [200, 60],
      [39, 9],
      [60, 20],
      [80, 24],
      [41, 11],
      [120, 40],
      [30, 5],
    ] as const)
      ui.resize(width, height);
    await ui.press("j");
    expect(ui.text()).toMatch(/^too small/);
    ui.resize(120, 40);
    await ui.press("k");
    expect(ui.rows()[1]).toMatch(/^┌.*┐$/);
    expect(ui.rows()).toHaveLength(40);
    ui.send(ctrl("c"));
    expect(await ui.ended).toBe(0);
    expectGivenBack(ui);
  });

  it("draws nothing more once it is left, whatever answers come late", async () => {
    const gate = newGate();
    const registry = await openRegistry({ gate: ({ method }) => (method === "resolve" ? gate.closed() : undefined) });
    await registry.push(
      "team/app",
      Array.from({ length: 30 }, (_, index) => `v${index}`),
    );
    const ui = openTerminal(["ui", `${registry.host}/team/app`], newHome());
    await ui.shows("v29");
    await gate.reached;
    ui.send("q");
    gate.open();
    expect(await ui.ended).toBe(0);
    expectGivenBack(ui);
    expect(ui.text().trim()).toBe("");
  });

  it("goes on while the terminal takes nothing, and then shows the newest", async () => {
    let heard = () => {};
    const registry = await openRegistry({ gate: async ({ method }) => void (method === "listTags" && heard()) });
    await registry.push("team/app", ["old"]);
    const ui = openTerminal(["ui", `${registry.host}/team/app`], newHome());
    await ui.shows("old");
    ui.stall();
    // each round draws the whole screen, together more than any buffer on the way holds; and asks for the tags
    for (let round = 0; round < 40; round++) {
      const asked = new Promise<void>((resolve) => (heard = resolve));
      ui.send(`${ctrl("l")}R`);
      await asked;
    }
    await registry.push("team/app", ["new"]);
    ui.send("R");
    ui.goOn();
    await ui.shows("new");
    expect(ui.bytes().length).toBeLessThan(40 * 5_000); // frames in between were dropped
    ui.send("q");
    expect(await ui.ended).toBe(0);
  });
});

/** The main screen, the cursor, wrapping, and no more marked pastes. */
function expectGivenBack({ emulator, bytes }: OpenTerminal): void {
  expect(emulator.buffer.active.type).toBe("normal");
  expect(emulator.modes.wraparoundMode).toBe(true);
  expect(emulator.modes.bracketedPasteMode).toBe(false);
  expect(bytes().lastIndexOf("\u001b[?25h")).toBeGreaterThan(bytes().lastIndexOf("\u001b[?25l"));
}
