import { availableParallelism } from "node:os";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/*.test.ts", "test/{removal,scenarios,tui}/*.test.ts"],
    globalSetup: "./test/support/bundle.ts",
    reporters: ["default", "./test/count-reporter.ts"],
    isolate: false, // what a file loads is loaded once a worker: no test changes what the next one finds
    maxWorkers: availableParallelism() + 1, // many tests wait for processes and for time to pass
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});

export default config;
