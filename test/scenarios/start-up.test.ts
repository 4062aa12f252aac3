import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { setScene } from "./scene.ts";

/** Tells on standard error, when the process ends, how many bytes of source it has loaded. */
const counting = `
const { statSync, writeSync } = require("node:fs");
process.on("exit", () => {
  const loaded = Object.keys(require.cache).filter((file) => file !== __filename);
  writeSync(2, "loaded " + loaded.reduce((sum, file) => sum + statSync(file).size, 0));
});
`;

describe("what is loaded, which is most of what a short command takes", () => {
  const scene = setScene();

  it.each([
    ["--version", 10_000, ["--version"]],
    ["completion", 15_000, ["completion", "bash"]],
    ["--help", 90_000, ["--help"]],
    ["tags --fast", 300_000, ["tags", "--fast", "HOST/team/alpine"]],
  ] as const)("%s takes less than %i bytes of source", async (_what, most, args) => {
    scene.write("counting.cjs", counting);
    const environment = { NODE_OPTIONS: `--require ${join(scene.home, "counting.cjs")}` };
    const words = args.map((word) => word.replace("HOST", scene.host()));
    const { code, stderr } = await scene.tagwise(words, { environment });
    expect(code, stderr).toBe(0);
    const [, bytes] = /^loaded (\d+)$/.exec(stderr) ?? [];
    expect(Number(bytes)).toBeGreaterThan(1_000);
    expect(Number(bytes)).toBeLessThan(most);
  });
});
