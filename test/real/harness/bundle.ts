import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Where `bundle` puts the command line: as deep in the repository as its source, since it reads package.json. */
export const bundledMain: string = `${root}.cache/real/main.js`;

/** Bundles the command line once for a whole run: from its sources each of some thousand processes would take half a second longer. */
export async function bundle(): Promise<void> {
  await build({
    entryPoints: [`${root}src/cli/main.ts`],
    outdir: `${root}.cache/real`,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "error",
  });
}

export { bundle as setup };
