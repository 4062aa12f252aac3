import { fileURLToPath } from "node:url";
import { bundleCommandLine } from "../../../scripts/bundle.ts";

const folder = ".cache/real";

/** The command line as it is shipped. */
export const bundledMain: string = fileURLToPath(new URL(`../../../${folder}/main.cjs`, import.meta.url));

/** Bundles once for a whole run: from its sources each of some thousand processes would take half a second longer. */
export function bundle(): Promise<void> {
  return bundleCommandLine(folder);
}

export { bundle as setup };
