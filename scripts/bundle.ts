import { chmodSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type OutputOptions, type Plugin, rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The command line in few files: each one costs start-up time. What a command needs alone stays apart. The folder lies
 * two below the root, as the source does, since the version is read from there.
 */
export async function bundleCommandLine(folder: string): Promise<void> {
  const entry = await bundle("src/cli/main.ts", folder, {
    entryFileNames: "[name]-[hash].cjs",
    postBanner: "(function(exports,require,module,__filename,__dirname){", // as the launcher takes it
    postFooter: "})",
    dynamicImportInCjs: false, // code that is taken from a cache cannot import
  });
  // one file: this one is found and compiled by Node's own loader
  await bundle("src/cli/launcher/main.ts", folder, { codeSplitting: false }, { ENTRY_CHUNK: JSON.stringify(entry) });
  chmodSync(`${root}${folder}/main.cjs`, 0o755);
}

/** Bundles a program, named from the root, into a folder; resolves to the name of the file to begin with. */
export async function bundle(
  program: string,
  folder: string,
  options: OutputOptions = {},
  define: Readonly<Record<string, string>> = {},
): Promise<string> {
  const bundled = await rolldown({
    cwd: root,
    input: program,
    platform: "node",
    external: ["@aws-sdk/client-s3"], // optional, and loaded for s3:// alone
    plugins: [processAsItIs, builtins, ascii],
    transform: { define },
    checks: { ineffectiveDynamicImport: false }, // what one command loads late, another needs at once
  });
  const { output } = await bundled.write({
    dir: `${root}${folder}`,
    format: "cjs", // Node starts its loader of ES modules in a fifth of the time that it takes to start itself
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name]-[hash].cjs",
    codeSplitting: { groups: [...groups] },
    minify: { mangle: false, compress: true, codegen: true }, // names stay: they are in the stack traces that people report
    ...options,
  });
  await bundled.close();
  return output[0].fileName;
}

/** What is loaded together lies together: completion needs the first alone, help little more, all others nearly all. */
const groups = [
  { name: "base", priority: 3, test: /write-at-once\.|rolldown\/runtime/ },
  { name: "settings", priority: 2, test: /src\/cli\/(?:settings|errors)\.|src\/support\/duration\./ },
  {
    name: "program",
    priority: 1,
    test: /src\/cli\/(?:run\.|definitions\/)|commander|builtin:node:child_process/,
  },
  {
    name: "core",
    test: /src\/(?:(?:registry|wire|http|support|decorators)\/|app\/(?:session|this-machine|removing\/phase-words)|untag\/fingerprint)/,
    minShareCount: 6,
  },
  { name: "untag", test: /src\/(?:untag|app)\//, minShareCount: 6 },
  { name: "commands", test: /src\/cli\/(?!store-work|journalled-context|render\/removal)/, minShareCount: 4 },
];

/** Loaded before any program runs: to import them costs nothing. */
const ready: readonly string[] = [
  "node:process",
  "node:fs",
  "node:path",
  "node:events",
  "node:buffer",
  "node:url",
  "node:vm",
];

const prefix = "\0builtin:";

/**
 * An `import` of a module of Node's reads every export of it, also those that load half of Node, and commander asks for
 * child_process that it never uses here. In the bundle a module is loaded when the first of its exports is used; one
 * that is imported where it is needed stays as it is.
 */
const builtins: Plugin = {
  name: "builtins",
  resolveId: {
    filter: { id: /^node:/ },
    handler(id, importer = "", { kind }) {
      const isKept = kind === "dynamic-import" || ready.includes(id) || importer.includes("rolldown/runtime");
      return isKept ? { id, external: true } : `${prefix}${id}`;
    },
  },
  load: {
    filter: { id: new RegExp(`^${prefix}`) },
    handler: (id) => ({ moduleType: "js", code: lazily(id.slice(prefix.length)) }),
  },
};

/** The interplay would copy all hundred properties of what is a global anyway. */
const processAsItIs: Plugin = {
  name: "process",
  resolveId: {
    filter: { id: /^node:process$/ },
    handler: (_id, _importer, { kind }) => (kind === "import-statement" ? "\0process" : undefined),
  },
  load: {
    filter: { id: /^\0process$/ },
    handler: () => "export default process; export const { argv, env, getBuiltinModule, uptime } = process;",
  },
};

/**
 * Other characters than ASCII, which here stand in strings and patterns alone, would make the text twice as large in
 * memory.
 */
const ascii: Plugin = {
  name: "ascii",
  generateBundle(_options, output) {
    for (const file of Object.values(output)) if (file.type === "chunk") file.code = escaped(file.code);
  },
};

function escaped(code: string): string {
  if (/(?<!\\)(?:\\\\)*\\[^\0-\x7f]/.test(code)) throw new Error("a character beyond ASCII stands after a backslash");
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Exports that are found through the prototype: the bundler's own interplay copies what an object has itself, one by
 * one.
 */
function lazily(path: string): string {
  const load = `process.getBuiltinModule(${JSON.stringify(path)})`;
  return `let loaded;module.exports=Object.create(new Proxy({},{get:(_,name)=>(loaded??=${load})[name]}))`;
}
