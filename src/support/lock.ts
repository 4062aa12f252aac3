import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "./make-folder.ts";
import { identityOf, isProvablyDead, type ProcessIdentity } from "./process-identity.ts";

export interface Lock {
  /** Frees the lock; the end of the process does so as well. */
  release(): Promise<void>;
}

/** Who holds a lock that could not be had. */
export interface Holder extends ProcessIdentity {
  readonly file: string;
}

export function holderInWords({ host, pid }: Holder): string {
  return pid === 0 ? "which one, its lock file does not say" : `process ${pid} on ${host}`;
}

interface LockRequest {
  readonly directory: string;
  /** The lock's name: a file name without a dot. */
  readonly name: string;
  /** Other users want it too, and must be able to read who holds it. */
  readonly isShared?: boolean;
}

interface LocksRequest {
  readonly directories: readonly string[];
  readonly name: string;
}

/**
 * Takes one lock in several folders, in their order, so that processes meet that know but one of them. A folder in
 * which nothing can be made keeps nobody out; one of them has to do.
 */
export async function tryLocks({ directories, name }: LocksRequest): Promise<Lock | Holder> {
  const held: Lock[] = [];
  const release = async () => void (await Promise.all(held.map((lock) => lock.release())));
  let unusable: unknown = new Error("there is no folder to lock in");
  for (const directory of directories) {
    const lock = await tryLock({ directory, name }).catch((error: unknown) => {
      unusable = error;
    });
    if (lock === undefined) continue;
    if (!("release" in lock)) {
      await release();
      return lock;
    }
    held.push(lock);
  }
  if (held.length === 0) throw unusable;
  return { release };
}

/**
 * Takes a lock, or tells who holds it. It is taken over only from a process that is provably dead.
 *
 * Each holder writes the next generation of the file (`name.7`), which only one process can create; the newest
 * generation is never removed, only emptied, which frees it. So nobody who read an old state can believe that he
 * holds it.
 */
export async function tryLock(request: LockRequest): Promise<Lock | Holder> {
  const { directory, name, isShared = false } = request;
  await makeFolder(directory, isShared ? 0o777 : 0o700);
  for (;;) {
    const newest = (await generations(directory, name)).at(-1);
    const holder = newest === undefined ? undefined : await holderOf(join(directory, `${name}.${newest}`));
    if (holder !== undefined && !(await isProvablyDead(holder))) return holder;
    const mine = (newest ?? 0) + 1;
    const file = join(directory, `${name}.${mine}`);
    if (!(await create(file, request))) continue;
    const now = await generations(directory, name);
    if (now.at(-1) === mine) {
      await tidy(directory, name, now.slice(0, -1));
      return { release: () => free(file) };
    }
    await rm(file, { force: true }); // somebody was further already
  }
}

/** Needs no room on the disk. Where it fails the lock ends with this process. */
async function free(file: string): Promise<void> {
  await truncate(file).catch(() => {});
}

/** Removes the generations before the holder's, and drafts; who is about to link one of those finds it gone, and looks again. */
async function tidy(directory: string, name: string, older: readonly number[]): Promise<void> {
  const drafts = (await readdir(directory)).filter((file) => file.startsWith(`${name}.draft-`));
  const files = [...older.map((generation) => `${name}.${generation}`), ...drafts];
  await Promise.all(files.map((file) => rm(join(directory, file), { force: true })));
}

/** A hard link is made whole or not at all, and never over another. */
async function create(file: string, { directory, name, isShared = false }: LockRequest): Promise<boolean> {
  const draft = join(directory, `${name}.draft-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(await identityOf(process.pid)), { mode: isShared ? 0o644 : 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "EEXIST" || error.code === "ENOENT")) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function generations(directory: string, name: string): Promise<number[]> {
  const files = await readdir(directory);
  return files
    .filter((file) => file.startsWith(`${name}.`) && /^\d{1,15}$/.test(file.slice(name.length + 1)))
    .map((file) => Number(file.slice(name.length + 1)))
    .sort((a, b) => a - b);
}

/** Undefined where the lock is free; a file that cannot be read is held by nobody knows whom. */
async function holderOf(file: string): Promise<Holder | undefined> {
  const unknown = { host: "", boot: "", namespace: "", pid: 0, started: "", file };
  try {
    const text = await readFile(file, "utf8");
    if (text === "") return undefined;
    const { host, boot, namespace = "", pid, started } = JSON.parse(text);
    const process = { host: String(host), boot: String(boot), namespace: String(namespace), pid: Number(pid) };
    return { ...process, started: String(started), file };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const isFree = code === "ENOENT" || (code === "EACCES" && (await stat(file)).size === 0); // another user's is free when empty too
    return isFree ? undefined : unknown;
  }
}
