import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";

/** The names that were opened last, newest first, kept in a file. */
export interface Recents {
  list(): Promise<readonly string[]>;
  /** Puts a name first and resolves to the new list; a failure to write it is ignored. */
  add(name: string): Promise<readonly string[]>;
}

const most = 20;

/** Keeps up to 20 names in a file, one a line. */
export function recentsIn(file: string): Recents {
  async function list(): Promise<readonly string[]> {
    const text = await readFile(file, "utf8").catch(() => "");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .slice(0, most);
  }
  return {
    list,
    async add(name) {
      const names = [name, ...(await list()).filter((other) => other !== name)].slice(0, most);
      const { default: writeFileAtomic } = await import("write-file-atomic");
      await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => {});
      await writeFileAtomic(file, `${names.join("\n")}\n`, { mode: 0o600 }).catch(() => {});
      return names;
    },
  };
}
