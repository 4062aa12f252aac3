import type { Said } from "./settings.ts";

/** The flag that a command needs as well that is to find this one's journal, as a shell takes it. */
export function journalFlag({ journal }: Said): string {
  if (typeof journal !== "string") return "";
  const quoted = /^[\w@%+=:,./-]+$/.test(journal) ? journal : `'${journal.replaceAll("'", "'\\''")}'`;
  return ` --journal ${quoted}`;
}
