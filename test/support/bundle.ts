import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleCommandLine } from "../../scripts/bundle.ts";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));

const day = 24 * 60 * 60_000;

/** The command line as it is shipped. */
export const bundledMain: string = `${cache}/bundle/main.cjs`;

/**
 * Lets a person of the tests, whose caches lie in this folder, use what any other has compiled: some hundred homes would
 * compile everything anew.
 */
export function shareCompiledCode(caches: string): void {
  mkdirSync(`${cache}/code`, { recursive: true });
  mkdirSync(`${caches}/tagwise`, { recursive: true });
  symlinkSync(`${cache}/code`, `${caches}/tagwise/code`, "junction");
}

/** Bundles once for a whole run: from its sources each of some thousand processes would take half a second longer. */
export async function bundle(): Promise<void> {
  const fresh = `fresh-${process.pid}`;
  await bundleCommandLine(`.cache/${fresh}`);
  mkdirSync(`${cache}/bundle`, { recursive: true });
  // each file at once and the first one last, since another run may be starting it
  const names = readdirSync(`${cache}/${fresh}`).sort(
    (one, two) => Number(one === "main.cjs") - Number(two === "main.cjs"),
  );
  for (const name of names) renameSync(`${cache}/${fresh}/${name}`, `${cache}/bundle/${name}`);
  rmdirSync(`${cache}/${fresh}`);
  for (const name of readdirSync(`${cache}/bundle`)) {
    const path = `${cache}/bundle/${name}`;
    if (!names.includes(name) && Date.now() - statSync(path).mtimeMs > day) rmSync(path); // of an older source
  }
}

export { bundle as setup };
