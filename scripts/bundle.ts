import { chmodSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Plugin, rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The command line in few files: each one costs start-up time. What a command needs alone stays apart. The folder lies
 * two below the root, as the source does, since the version is read from there.
 */
export async function bundleCommandLine(folder: string): Promise<void> {
  await bundle("src/cli/main.ts", folder);
  chmodSync(`${root}${folder}/main.cjs`, 0o755);
}

/** Bundles a program, named from the root, into a folder. */
export async function bundle(program: string, folder: string): Promise<void> {
  const bundled = await rolldown({
    cwd: root,
    input: program,
    platform: "node",
    external: ["@aws-sdk/client-s3"], // optional, and loaded for s3:// alone
    plugins: [builtins],
    checks: { ineffectiveDynamicImport: false }, // what one command loads late, another needs at once
  });
  await bundled.write({
    dir: `${root}${folder}`,
    format: "cjs", // Node starts its loader of ES modules in a fifth of the time that it takes to start itself
    entryFileNames: "[name].cjs",
    chunkFileNames: "chunks/[name]-[hash].cjs",
    codeSplitting: { groups: [...groups] },
    minify: { mangle: false, compress: true, codegen: true }, // names stay: they are in the stack traces that people report
  });
  await bundled.close();
}

/** What is loaded together lies together: the version needs the first alone, help and completion little more, all others nearly all. */
const groups = [
  {
    name: "base",
    priority: 3,
    test: /write-at-once\.|rolldown\/runtime|builtin:node:(?:process|fs|path|events|buffer|url)$/,
  },
  { name: "settings", priority: 2, test: /src\/cli\/(?:settings|errors)\.|src\/support\/duration\./ },
  {
    name: "program",
    priority: 1,
    test: /src\/cli\/(?:program|flags|collecting)\.|commander|builtin:node:child_process/,
  },
  { name: "core", test: /src\/(?:registry|wire|http|support|decorators)\//, minShareCount: 6 },
  { name: "untag", test: /src\/(?:untag|app)\//, minShareCount: 6 },
  { name: "commands", test: /src\/cli\/(?!store-work)/, minShareCount: 4 }, // the store brings half of gc along
];

/** Loaded before any program runs. */
const ready: readonly string[] = [
  "node:process",
  "node:fs",
  "node:path",
  "node:events",
  "node:buffer",
  "node:url",
  "node:module",
];

const prefix = "\0builtin:";

/**
 * An `import` of a module of Node's reads every export of it, also those that load half of Node, and commander asks for
 * child_process that it never uses here. In the bundle a module is loaded when the first of its exports is used; one that
 * is imported where it is needed stays as it is.
 */
const builtins: Plugin = {
  name: "builtins",
  resolveId: {
    filter: { id: /^node:/ },
    handler(id, importer = "", { kind }) {
      const isKept = kind === "dynamic-import" || importer.includes("rolldown/runtime");
      return isKept ? { id, external: true } : `${prefix}${id}`;
    },
  },
  load: {
    filter: { id: new RegExp(`^${prefix}`) },
    handler(id) {
      const path = id.slice(prefix.length);
      return { moduleType: "js", code: ready.includes(path) ? `module.exports=${loading(path)}` : lazily(path) };
    },
  },
};

function loading(path: string): string {
  return `process.getBuiltinModule(${JSON.stringify(path)})`;
}

function lazily(path: string): string {
  const names = JSON.stringify(Object.keys(process.getBuiltinModule(path) ?? {}));
  const getter = `[name,{enumerable:true,get:()=>(loaded??=${loading(path)})[name]}]`;
  return `let loaded;Object.defineProperties(exports,Object.fromEntries(${names}.map((name)=>${getter})))`;
}
