import { expect, it } from "vitest";
import { openRegistry } from "../support/sample-registry.ts";
import { ctrl, keys, newHome, openTerminal } from "./terminal.ts";

const count = 100_000;
/** What a terminal takes without a visible delay, also over a slow line. */
const most = 2_048;

it("opens 100,000 tags, walks, filters and marks them in few bytes a key, and takes one of them and puts it back", {
  timeout: 120_000,
}, async () => {
  const registry = await openRegistry();
  const names = Array.from({ length: count }, (_, index) => `v${index % 10}.${Math.floor(index / 10)}`);
  await registry.push("team/app", names);
  const ui = openTerminal(["ui", `${registry.host}/team/app`], newHome());
  await ui.shows(`team/app ${count}`);
  await ui.shows("v0.0");
  await ui.press("g");
  expect(ui.text()).not.toContain("scanning"); // so many are read when somebody asks

  // to the frame that shows the key; what is read when the cursor rests is no part of it
  const bytesOf = async (key: string) => {
    const before = ui.bytes().length;
    await ui.press(key);
    return ui.bytes().indexOf("\u001b]7777;", before) - before;
  };
  const walk = ["j", "j", "k", ctrl("f"), ctrl("d"), "G", "k", "g", " ", " ", "/", ..."7.123", keys.enter];
  for (const key of walk) expect(await bytesOf(key), `bytes of ${JSON.stringify(key)}`).toBeLessThan(most);
  const found = names.filter((name) => name.includes("7.123"));
  expect(ui.text()).toMatch(new RegExp(`${found.length} of ${count}.*2 marked, 2 of them hidden`, "s"));
  await ui.press(ctrl("a"));
  expect(ui.text()).toContain(`${found.length + 2} marked`);

  await ui.press(ctrl("n"), keys.escape, "/", ..."3.4567", keys.enter);
  ui.send("d");
  await ui.shows("p: proof by the listing alone"); // which spares a hundred thousand HEADs
  ui.send("p");
  await ui.shows("1 tag to remove");
  await ui.press("y");
  await ui.shows("1 removed");
  expect(new Set(await registry.tags("team/app"))).toEqual(new Set(names.filter((name) => name !== "v3.4567")));
  await ui.press("u");
  await ui.shows("1 restored");
  expect(await registry.tags("team/app")).toHaveLength(count);
  ui.send("qq");
  expect(await ui.ended).toBe(0);
});
