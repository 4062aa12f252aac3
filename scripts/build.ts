import { spawnSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { build, type Plugin } from "esbuild";

const root = new URL("..", import.meta.url).pathname;

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

/** The command line in few files: many small ones cost start-up time. What a command needs alone stays apart. */
async function buildBin(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { main: "src/cli/main.ts" },
    outdir: "dist/bin",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    chunkNames: "chunks/[name]-[hash]",
    minifySyntax: true,
    minifyWhitespace: true, // names stay: they are in the stack traces that people report
    legalComments: "none",
    plugins: [builtins],
    banner: { js: 'const require=process.getBuiltinModule("node:module").createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  chmodSync(`${root}dist/bin/main.js`, 0o755);
}

/** An `import` of a module of Node's reads every export of it, also those that load half of Node: this takes only what is used. */
const builtins: Plugin = {
  name: "builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === "require-call" ? { path, external: true } : { path, namespace: "builtin" },
    );
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports=process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};

rmSync(`${root}dist`, { recursive: true, force: true });
buildLibrary();
await buildBin();
