import { scripts, shells } from "../completion/scripts.ts";
import { oneOf, type Said } from "../settings.ts";
import { writeAtOnce } from "../write-at-once.ts";

/** `tagwise completion SHELL`; plain text whatever the output format, since a shell reads it. */
export async function action([shell]: readonly string[], _: Said): Promise<number> {
  writeAtOnce(scripts[oneOf("completion", shell, shells)]);
  return 0;
}
