import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "./make-folder.ts";
import { identityOf, isProvablyDead, type ProcessIdentity } from "./process-identity.ts";
import { codeOf, isMissing } from "./system-error.ts";

/** A lock that is held. */
export interface Lock {
  /** Frees the lock; the end of the process frees it too. */
  release(): Promise<void>;
}

/** The process that holds a lock, and the lock's file; `pid` is 0 where the file cannot be read. */
export interface Holder extends ProcessIdentity {
  readonly file: string;
}

/** Names the holder of a lock for an error message. */
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
 * Takes a lock of the same name in several folders, in order, so that processes meet that know only one of the folders.
 * Folders that are not writable are skipped; throws where all are. Does not wait: resolves to the holder where it is
 * taken.
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
 * Takes a lock without waiting, or resolves to its holder. It is taken over only from a process that is provably dead.
 *
 * Each holder creates the next generation of the file (`name.7`), which only one process can do. The newest generation
 * is never removed: emptying it frees the lock. So a process that has read an old state cannot believe that it holds
 * the lock.
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
    await rm(file, { force: true }); // another process created a later generation
  }
}

/**
 * Empties a lock's file, which needs no space on the disk. Where that fails, the lock is freed when this process ends.
 */
async function free(file: string): Promise<void> {
  await truncate(file).catch(() => {});
}

/**
 * Removes older generations and drafts; a process that is about to link such a draft finds it gone and starts again.
 */
async function tidy(directory: string, name: string, older: readonly number[]): Promise<void> {
  const drafts = (await readdir(directory)).filter((file) => file.startsWith(`${name}.draft-`));
  const files = [...older.map((generation) => `${name}.${generation}`), ...drafts];
  await Promise.all(files.map((file) => rm(join(directory, file), { force: true })));
}

/**
 * Creates a lock's file as a hard link to a draft: it appears complete, and never replaces another. False where it
 * exists.
 */
async function create(file: string, { directory, name, isShared = false }: LockRequest): Promise<boolean> {
  const draft = join(directory, `${name}.draft-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(await identityOf(process.pid)), { mode: isShared ? 0o644 : 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST" || isMissing(error)) return false;
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

/**
 * The holder in a lock's file; undefined where the lock is free. A file that cannot be parsed has an unknown holder.
 */
async function holderOf(file: string): Promise<Holder | undefined> {
  const unknown = { host: "", boot: "", namespace: "", pid: 0, started: "", file };
  try {
    const text = await readFile(file, "utf8");
    if (text === "") return undefined;
    const { host, boot, namespace = "", pid, started } = JSON.parse(text);
    const process = { host: String(host), boot: String(boot), namespace: String(namespace), pid: Number(pid) };
    return { ...process, started: String(started), file };
  } catch (error) {
    const isFree = isMissing(error) || (codeOf(error) === "EACCES" && (await stat(file)).size === 0); // of another user
    return isFree ? undefined : unknown;
  }
}
