import process from "node:process";
import { scripts, shells } from "../completion/scripts.ts";
import { oneOf, type Said } from "../settings.ts";

/** `tagwise completion SHELL`; plain text whatever the output format, since a shell reads it. */
export async function action([shell]: readonly string[], _: Said): Promise<number> {
  process.stdout.write(scripts[oneOf("completion", shell, shells)]);
  return 0;
}
