import { scripts, shells } from "../completion/scripts.ts";
import { UsageError } from "../errors.ts";
import type { Said } from "../settings.ts";
import { writeAtOnce } from "../write-at-once.ts";

/** `tagwise completion SHELL`: prints the shell's script, as plain text for every output format. */
export async function action([shell]: readonly string[], _: Said): Promise<number> {
  writeAtOnce(scripts[shellNamed(shell)]);
  return 0;
}

function shellNamed(name: string | undefined): (typeof shells)[number] {
  const found = shells.find((shell) => shell === name);
  if (found === undefined)
    throw new UsageError(`there is a completion for ${shells.join(", ")}, not for ${JSON.stringify(name)}`);
  return found;
}
