import { spawn } from "node:child_process";
import { RegistryError } from "../../registry/errors.ts";

/** The command that restarts a registry. */
export interface Restart {
  readonly program: string;
  readonly args: readonly string[];
}

const ways: Readonly<Record<string, (name: string) => Restart>> = {
  docker: (name) => ({ program: "docker", args: ["restart", name] }),
  systemd: (name) => ({ program: "systemctl", args: ["restart", name] }),
  exec: (command) => ({ program: "/bin/sh", args: ["-c", command] }),
};

/** Reads `docker:NAME`, `systemd:UNIT` or `exec:COMMAND`; undefined for anything else. */
export function parseRestart(text: string): Restart | undefined {
  const colon = text.indexOf(":");
  const [kind, name] = [text.slice(0, colon), text.slice(colon + 1)];
  const way = Object.hasOwn(ways, kind) ? ways[kind] : undefined;
  return name === "" || name.startsWith("-") ? undefined : way?.(name);
}

/**
 * Restarts a registry and waits until the command has ended. Throws `NOT_RESTARTED` where it failed. The command writes
 * straight to standard error: through a pipe, a registry that it leaves running would die of SIGPIPE when we exit.
 */
export function restartRegistry({ program, args }: Restart): Promise<void> {
  const command = [program, ...args].join(" ");
  const child = spawn(program, args, { stdio: ["ignore", process.stderr.fd, process.stderr.fd] });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(failed(command, error.message)));
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(failed(command, `it ended with ${code ?? signal}`));
    });
  });
}

function failed(command: string, says: string): RegistryError {
  return new RegistryError("UNKNOWN", `the registry was not restarted: ${command}: ${says}`, {
    said: "NOT_RESTARTED",
    next: "restart it yourself: until then its cache may promise blobs that are gone",
  });
}
