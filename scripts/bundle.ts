import { chmodSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The command line in few files: many small ones cost start-up time. What a command needs alone stays apart. The folder
 * lies two below the root, as the source does, since the version is read from there.
 */
export async function bundleCommandLine(folder: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { main: "src/cli/main.ts" },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    chunkNames: "chunks/[name]-[hash]",
    minifySyntax: true,
    minifyWhitespace: true, // names stay: they are in the stack traces that people report
    legalComments: "none",
    external: ["@aws-sdk/client-s3"], // optional, and loaded for s3:// alone
    plugins: [builtins],
    banner: { js: 'const require=process.getBuiltinModule("node:module").createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  chmodSync(`${root}${folder}/main.js`, 0o755);
}

/** Loaded before any program runs, or changed by it: these are taken as they are. */
const ready: readonly string[] = [
  "node:process",
  "node:fs",
  "node:path",
  "node:events",
  "node:buffer",
  "node:url",
  "node:module",
];

/**
 * An `import` of a module of Node's reads every export of it, also those that load half of Node, and commander asks for
 * child_process that it never uses here. In the bundle a module is loaded when the first of its exports is used; one that
 * is imported where it is needed stays as it is.
 */
const builtins: Plugin = {
  name: "builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      ready.includes(path) || kind === "dynamic-import" ? { path, external: true } : { path, namespace: "builtin" },
    );
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => {
      const load = `process.getBuiltinModule(${JSON.stringify(path)})`;
      const names = JSON.stringify(Object.keys(process.getBuiltinModule(path) ?? {}));
      const getter = `[name,{enumerable:true,get:()=>(loaded??=${load})[name]}]`;
      return {
        contents: `let loaded;Object.defineProperties(exports,Object.fromEntries(${names}.map((name)=>${getter})))`,
      };
    });
  },
};
