import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { codeOf } from "./system-error.ts";

/** Identifies a process uniquely, also after its pid was given to another process. */
export interface ProcessIdentity {
  readonly host: string;
  /** The boot id, which changes with each start of the machine; empty where the system has none. */
  readonly boot: string;
  /** The pid namespace, of which each container has its own; empty where the system has none. */
  readonly namespace: string;
  readonly pid: number;
  /** When the process started, in the system's own format; empty where it is not known. */
  readonly started: string;
}

/** Reads the identity of a process on this machine. */
export async function identityOf(pid: number): Promise<ProcessIdentity> {
  const [boot, namespace, started] = await Promise.all([bootOf(), namespaceOf(), startOf(pid)]);
  return { host: hostname(), boot, namespace, pid, started };
}

/** True where an identity is that of this very process. */
export async function isThisProcess(one: ProcessIdentity): Promise<boolean> {
  const { host, boot, namespace, pid, started } = await identityOf(process.pid);
  return (
    [one.host, one.boot, one.namespace, one.pid, one.started].join() === [host, boot, namespace, pid, started].join()
  );
}

/**
 * True only where a process is provably gone: it ran on this host, and the boot, pid or start time has changed. False
 * for other containers.
 */
export async function isProvablyDead(one: ProcessIdentity): Promise<boolean> {
  if (one.host !== hostname()) return false;
  const boot = await bootOf();
  if (one.boot !== "" && boot !== "" && one.boot !== boot) return true;
  if (one.namespace !== (await namespaceOf())) return false;
  if (!exists(one.pid)) return true;
  const started = await startOf(one.pid);
  return one.started !== "" && started !== "" && one.started !== started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH"; // EPERM: another user's
  }
}

function bootOf(): Promise<string> {
  return readFile("/proc/sys/kernel/random/boot_id", "utf8").then(
    (text) => text.trim(),
    () => "",
  );
}

function namespaceOf(): Promise<string> {
  return readlink("/proc/self/ns/pid").catch(() => "");
}

/**
 * The start time: field 22 of /proc/PID/stat, counted from behind the name, which may contain blanks; elsewhere from
 * `ps`.
 */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat !== undefined) return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  if (process.platform === "win32" || process.platform === "linux") return "";
  return new Promise((resolve) =>
    execFile("ps", ["-o", "lstart=", "-p", String(pid)], (error, out) => resolve(error ? "" : out.trim())),
  );
}
