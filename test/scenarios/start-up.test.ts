import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { setScene } from "./scene.ts";

/** Tells on standard error, when the process ends, how many bytes of source it has loaded. */
const counting = `
const fs = require("node:fs");
const { readFileSync } = fs;
let loaded = 0;
fs.readFileSync = (file, ...options) => {
  const bytes = readFileSync(file, ...options);
  if (String(file).endsWith(".cjs")) loaded += bytes.length;
  return bytes;
};
process.on("exit", () => fs.writeSync(2, "loaded " + loaded));
`;

describe("what is loaded, which is most of what a short command takes", () => {
  const scene = setScene();

  it.each([
    ["--version", 12_000, ["--version"]],
    ["completion", 24_000, ["completion", "bash"]],
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
