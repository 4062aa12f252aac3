import type { Said } from "./settings.ts";

/**
 * The `--journal` flag, quoted for a shell, that a follow-up command needs to find the same journal; "" where none was
 * given.
 */
export function journalFlag({ journal }: Said): string {
  if (typeof journal !== "string") return "";
  const quoted = /^[\w@%+=:,./-]+$/.test(journal) ? journal : `'${journal.replaceAll("'", "'\\''")}'`;
  return ` --journal ${quoted}`;
}
