import { readFileSync } from "node:fs";
import { writeAtOnce } from "./write-at-once.ts";

/** Prints the version where `--version` is the only word; false otherwise. */
export function tellVersion(words: readonly string[]): boolean {
  if (words.length !== 1 || (words[0] !== "--version" && words[0] !== "-V")) return false;
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  writeAtOnce(`${version}\n`);
  return true;
}
