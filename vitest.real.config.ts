import { defineConfig, type ViteUserConfig } from "vitest/config";
import { FirstPathFirst } from "./test/real/harness/first-path-first.ts";

/** Real servers and clients: two machines' worth of processes, so one file at a time. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/real/**/*.test.ts"],
    reporters: ["default", "./test/count-reporter.ts"],
    globalSetup: "./test/support/bundle.ts",
    fileParallelism: false,
    sequence: { sequencer: FirstPathFirst },
    testTimeout: 600_000,
    hookTimeout: 180_000,
  },
});

export default config;
