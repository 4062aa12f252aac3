import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { identityOf, isProvablyDead, type ProcessIdentity } from "./process-identity.ts";

export interface Lock {
  release(): Promise<void>;
}

/** Who holds a lock that could not be had. */
export interface Holder extends ProcessIdentity {
  readonly file: string;
}

interface LockRequest {
  readonly directory: string;
  /** The lock's name: a file name without a dot. */
  readonly name: string;
}

/**
 * Takes a lock, or tells who holds it. It is taken over only from a process that is provably dead.
 *
 * Each holder writes the next generation of the file (`name.7`), which only one process can create; the newest
 * generation is never removed, only marked as free. So nobody who read an old state can believe that he holds it.
 */
export async function tryLock({ directory, name }: LockRequest): Promise<Lock | Holder> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (;;) {
    const newest = (await generations(directory, name)).at(-1);
    const holder = newest === undefined ? undefined : await holderOf(join(directory, `${name}.${newest}`));
    if (holder !== undefined && !(await isProvablyDead(holder))) return holder;
    const mine = (newest ?? 0) + 1;
    if (await create(directory, `${name}.${mine}`)) {
      const now = await generations(directory, name);
      if (now.at(-1) === mine) return held(directory, { name, mine, older: now.slice(0, -1) });
      await rm(join(directory, `${name}.${mine}`), { force: true }); // somebody was further already
    }
  }
}

async function held(directory: string, { name, mine, older }: { name: string; mine: number; older: readonly number[] }): Promise<Lock> {
  await Promise.all(older.map((generation) => rm(join(directory, `${name}.${generation}`), { force: true })));
  return {
    async release() {
      const free = join(directory, `free-${randomUUID()}`);
      await writeFile(free, "", { mode: 0o600 });
      await rename(free, join(directory, `${name}.${mine}`));
    },
  };
}

/** A hard link is made whole or not at all, and never over another. */
async function create(directory: string, file: string): Promise<boolean> {
  const draft = join(directory, `draft-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(await identityOf(process.pid)), { mode: 0o600 });
  try {
    await link(draft, join(directory, file));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function generations(directory: string, name: string): Promise<number[]> {
  const files = await readdir(directory);
  return files
    .filter((file) => file.startsWith(`${name}.`))
    .map((file) => Number(file.slice(name.length + 1)))
    .filter(Number.isSafeInteger)
    .sort((a, b) => a - b);
}

/** Undefined where the lock is free; a file that cannot be read is held by nobody knows whom. */
async function holderOf(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  if (text === "") return undefined;
  try {
    const { host, boot, pid, started } = JSON.parse(text);
    return { host: String(host), boot: String(boot), pid: Number(pid), started: String(started), file };
  } catch {
    return { host: "", boot: "", pid: 0, started: "", file };
  }
}
