import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Names opened lately, the last first, in a file of this user. */
export interface Recents {
  list(): Promise<readonly string[]>;
  /** Puts a name first; gives the new list. A disk that does not take it costs nothing else. */
  add(name: string): Promise<readonly string[]>;
}

const most = 20;

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
