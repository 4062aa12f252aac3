import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import { openRegistry } from "../support/sample-registry.ts";
import { keys, newHome, openTerminal } from "./terminal.ts";

const day = (date: string) => ({ name: date, created: new Date(`${date}T00:00:00Z`) });

describe("browsing in the terminal UI", { timeout: 40_000 }, () => {
  it("finds one of 5,000 repositories by a few letters, shows its tags at once and their details, newest first when asked", async () => {
    const registry = await openRegistry();
    await registry.crowd(Array.from({ length: 5_000 }, (_, index) => `team-${index % 50}/service-${index}`));
    await registry.push("shop/web", ["a"], day("2026-02-01"));
    await registry.push("shop/web", ["b", "c"], day("2026-09-01"));
    await registry.push("shop/web", ["z"], day("2025-12-01"));
    const ui = openTerminal(["ui", registry.host], newHome());
    await ui.shows("Repositories 5001");
    await ui.press("/", ..."shweb");
    expect(ui.text()).toMatch(/1 of 5001.*shop\/web/s);
    await ui.press(keys.enter, keys.enter);
    expect(
      ui
        .rows()
        .slice(3, 7)
        .map((row) => /\b[abcz] +\d{4}-\d\d-\d\d +[\d.]+k/.test(row)),
    ).toEqual([true, true, true, true]);
    await ui.press("s");
    const order = () =>
      ui
        .rows()
        .slice(3, 7)
        .map((row) => /\b([abcz]) +20/.exec(row)?.[1])
        .join("");
    expect(order()).toBe("bcaz");
    await ui.press("s", "s");
    expect(order()).toBe("abcz");

    await ui.press("j", "j");
    expect(ui.text()).toMatch(/1 sibling on this manifest.*b.*1 layer.*org.opencontainers.image.title/s);
    await ui.press("b");
    expect(ui.text()).toMatch(/sha256:[0-9a-f]{12} {2}2 tags.* b .* c .*1 tag/s);
    ui.send("q");
    expect(await ui.ended).toBe(0);
  });

  it("asks for a login, masks it, and goes on; remembers what was opened; tells a registry without a catalog from an empty one", async () => {
    const registry = await openRegistry({ htpasswd: `me:${await hash("secret", 4)}\n` });
    await registry.push("team/app", ["1.0"]);
    const home = newHome();
    const ui = openTerminal(["ui", registry.host], home);
    await ui.shows("wants a login");
    await ui.press(..."me", keys.enter, ..."wrong", keys.enter);
    await ui.shows("refused");
    await ui.press(..."me", keys.enter, ..."secret");
    expect(ui.text()).toContain("password  ******");
    await ui.press(keys.enter);
    await ui.shows("team/app");
    expect(ui.bytes()).not.toContain("secret");
    await ui.press(keys.enter);
    await ui.shows("as me");
    await ui.shows("1.0");
    ui.send("q");
    await ui.ended;

    const again = openTerminal([], home);
    await again.shows(`${registry.host}/team/app`);
    await again.press(keys.escape);
    expect(again.text()).toContain("no registry is open");
    again.send("q");
    expect(await again.ended).toBe(0);
  });

  it("uses what docker stored before it asks, and opens a named repository where there is no catalog", async () => {
    const registry = await openRegistry({
      htpasswd: `me:${await hash("secret", 4)}\n`,
      gate: async ({ method }) => {
        if (method === "listRepositories") throw new RegistryError("UNSUPPORTED", "no catalog here");
      },
    });
    await registry.push("team/app", ["1.0", "2.0"]);
    await registry.push("team/web", ["3.0"]);
    const home = newHome();
    const auth = Buffer.from("me:secret").toString("base64");
    mkdirSync(join(home, "docker"));
    writeFileSync(join(home, "docker/config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    const ui = openTerminal(["ui", `${registry.host}/team/app`], home);
    await ui.shows("as me");
    await ui.shows("does not list its repositories");
    await ui.shows(/1\.0 .*2\.0 /s);
    expect(ui.text()).not.toContain("wants a login");
    await ui.press("o", ..."team/web", keys.enter);
    expect(ui.text()).toMatch(/2 team\/web 1.*3\.0/s);
    ui.send("q");
    expect(await ui.ended).toBe(0);

    const again = openTerminal([], home);
    await again.shows(/team\/web.*team\/app/s);
    await again.press(keys.enter); // what was opened last
    await again.shows("3.0");
    again.send("q");
    expect(await again.ended).toBe(0);
  });

  it("shows an index with its platforms, its signature and its siblings; copies; finds acts by their names; ASCII by flag", async () => {
    const registry = await openRegistry({ behaveLike: "oci" }); // distribution 2 tells no referrers
    await registry.samples();
    const ui = openTerminal(["ui", `${registry.host}/team/shop`, "--ascii"], newHome());
    await ui.shows("1.4.0");
    await ui.press("j", "j");
    expect(ui.text()).toMatch(/kind +index.*platforms +linux\/amd64, linux\/arm64.*2 siblings on this manifest/s);
    expect(ui.text()).toMatch(
      /4 child manifests.*linux\/arm64\/v8 +559B sha256:[0-9a-f]{12}.*attestation +\d+B sha256.*1 referrer.*cosign/s,
    );
    expect(ui.text()).toContain("x3");
    expect(ui.bytes()).not.toMatch(/[^\u0000-\u007f]/);
    await ui.press("y", "r");
    const copied = Buffer.from(`${registry.host}/team/shop:1.4`).toString("base64");
    expect(ui.bytes()).toContain(`\u001b]52;c;${copied}\u0007`);
    await ui.press(":", ..."group", keys.enter);
    expect(ui.text()).toMatch(/sha256:[0-9a-f]{12} {2}3 tags/);
    ui.send("q");
    expect(await ui.ended).toBe(0);
  });

  it("draws hostile names and labels harmlessly, Chinese in its columns, and ASCII alone where asked", async () => {
    const registry = await openRegistry();
    const hostile = "\u001b]0;owned\u0007\u001b[2J\u202egnp.exe\u200b";
    await registry.push("team/app", ["1.0"], { labels: { title: "容器映像標籤工具", hostile } });
    const home = newHome();
    const ui = openTerminal(["ui", `${registry.host}/team/app`], home);
    await ui.shows("容器映像標籤工具");
    await ui.shows("\\u{1b}]0;owned\\u{7}");
    expect(ui.bytes()).not.toContain("owned\u0007");
    expect(ui.bytes()).not.toMatch(/[\u202e\u200b]/);
    const edges = ui.rows().filter((row) => /title = |hostile = /.test(row));
    expect(edges.map((row) => row.endsWith("│"))).toEqual([true, true]);
    ui.send("q");
    await ui.ended;

    const plain = openTerminal(["ui", `${registry.host}/team/app`], home, {
      environment: { NO_COLOR: "1", LC_ALL: "C" },
    });
    await plain.shows("title = ????????????????");
    await plain.shows("+- 2 team/app 1");
    expect(plain.bytes()).not.toMatch(/[^\u0000-\u007f]/);
    expect(plain.bytes()).not.toMatch(/\u001b\[[\d;]*(?:3[0-7]|4[0-7]|9[0-7])m/);
    expect(plain.bytes()).toContain("\u001b[;7m");
    plain.send("q");
    await plain.ended;
  });

  it("says at once that nothing answers at its start, and begins when something does", async () => {
    const gone = await openRegistry();
    await gone.close();
    // a hundred retries last for hours: what is shown is there before they end
    const ui = openTerminal(["ui", gone.host, "--retries", "100"], newHome());
    await ui.shows(/NO ANSWER.*nothing.*listens there.*trying again/s);
    const registry = await openRegistry({ port: gone.port });
    await registry.push("team/app", ["1.0"]);
    ui.send("R");
    await ui.shows("team/app");
    expect(ui.text()).not.toContain("NO ANSWER");
    ui.send("q");
    expect(await ui.ended).toBe(0);
  });

  it("tells of a registry that goes away, and goes on when it is back", async () => {
    const registry = await openRegistry();
    await registry.push("team/app", ["1.0"]);
    const ui = openTerminal(["ui", registry.host, "--retries", "0"], newHome());
    await ui.shows("team/app");
    await registry.close();
    await ui.press(keys.enter, "e");
    expect(ui.text()).toMatch(/team\/app: .*(refused|reached|connect)/i);
    const back = await openRegistry({ port: registry.port });
    await back.push("team/app", ["1.0", "2.0"]);
    await ui.press("q", "R");
    await ui.shows("2.0");
    await ui.press("@");
    expect(ui.text()).toMatch(/200 {2}GET {4}\/v2\/team\/app\/tags\/list \(/);
    ui.send("qq");
    expect(await ui.ended).toBe(0);
  });

  it("asks once for each R while a registry is busy: a listing that waits for another try ends with it", async () => {
    let asked = 0;
    const busy = () => new RegistryError("UNAVAILABLE", "the registry is busy", { retryAfter: 3 });
    const registry = await openRegistry({
      gate: ({ method }) => (method === "listTags" && ++asked < 3 ? Promise.reject(busy()) : undefined),
    });
    await registry.push("team/app", ["1.0"]);
    const ui = openTerminal(["ui", `${registry.host}/team/app`], newHome());
    await ui.shows("listing the tags");
    await expect.poll(() => asked, { timeout: 20_000 }).toBe(1);
    ui.send("R");
    await expect.poll(() => asked, { timeout: 20_000 }).toBe(2);
    ui.send("R");
    await ui.shows("1.0");
    await ui.press("j"); // idle: nothing waits any more
    expect(asked).toBe(3);
    ui.send("qq");
    expect(await ui.ended).toBe(0);
  });
});
