import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/*.test.ts", "test/{removal,scenarios,tui}/*.test.ts"],
    reporters: ["default", "./test/count-reporter.ts"],
    maxWorkers: "100%", // many tests wait for processes; one core less, the default, is half of a machine with two
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});

export default config;
