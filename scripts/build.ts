import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { bundleCommandLine } from "./bundle.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The library, a file a module, with its declarations. */
function buildLibrary(): void {
  const tsc = createRequire(import.meta.url)
    .resolve("typescript/package.json")
    .replace(/package\.json$/, "bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "--project", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(`${root}dist`, { recursive: true, force: true });
buildLibrary();
await bundleCommandLine("dist/bin");
