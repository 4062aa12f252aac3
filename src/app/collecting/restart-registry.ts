import { spawn } from "node:child_process";
import { RegistryError } from "../../registry/errors.ts";

/** How a registry is started anew. */
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
 * Starts a registry anew and waits until the command has ended. Throws where it failed. What the command says goes to
 * standard error as it is: a registry that it leaves running would die of a pipe that nobody reads any more.
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
