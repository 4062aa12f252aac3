import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";

/** A process that can be told from every other, also after its number was given to another. */
export interface ProcessIdentity {
  readonly host: string;
  /** Changes with each start of the machine; empty where the system does not tell. */
  readonly boot: string;
  /** In which process numbers mean something: a container has its own. Empty where the system does not tell. */
  readonly namespace: string;
  readonly pid: number;
  /** When the process started, in the system's own words; empty where it does not tell. */
  readonly started: string;
}

export async function identityOf(pid: number): Promise<ProcessIdentity> {
  const [boot, namespace, started] = await Promise.all([bootOf(), namespaceOf(), startOf(pid)]);
  return { host: hostname(), boot, namespace, pid, started };
}

export async function isThisProcess(one: ProcessIdentity): Promise<boolean> {
  const { host, boot, namespace, pid, started } = await identityOf(process.pid);
  return (
    [one.host, one.boot, one.namespace, one.pid, one.started].join() === [host, boot, namespace, pid, started].join()
  );
}

/** True only where a process is provably gone: on this host, and its boot, its number or its start is no longer there. Of another container nothing is proven. */
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
    return !(error instanceof Error && "code" in error && error.code === "ESRCH"); // EPERM: somebody else's, alive
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

/** Field 22 of /proc/PID/stat, counted after the name, which may hold anything; elsewhere what `ps` says. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat !== undefined) return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  if (process.platform === "win32" || process.platform === "linux") return "";
  return new Promise((resolve) =>
    execFile("ps", ["-o", "lstart=", "-p", String(pid)], (error, out) => resolve(error ? "" : out.trim())),
  );
}
