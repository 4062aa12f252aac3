import { readFileSync } from "node:fs";
import { writeAtOnce } from "./write-at-once.ts";

/** Answers `--version` alone; false where something else was asked. */
export function tellVersion(words: readonly string[]): boolean {
  if (words.length !== 1 || (words[0] !== "--version" && words[0] !== "-V")) return false;
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  writeAtOnce(`${version}\n`);
  return true;
}
