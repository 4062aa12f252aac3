import { existsSync, type Stats, statSync } from "node:fs";
import type { Environment } from "../http/credentials/credentials.ts";
import { RegistryError } from "../registry/errors.ts";
import { messageOf } from "../support/message-of.ts";
import { asUsageError, UsageError } from "./errors.ts";
import type { Settings } from "./settings.ts";
import { systemFailure } from "./system-failure.ts";

/** Looks at a file that a flag names. Throws a usage error where it is not there, or is a folder. */
export function expectFile(flag: string, path: string): Stats {
  const found = lookAt(flag, path);
  if (found.isDirectory()) throw new UsageError(`${flag} ${path}: a file is wanted, and this is a folder`, { next });
  return found;
}

/** Throws a usage error where something that is no folder has the name; with `isRead`, where nothing has it too. */
export function expectFolder(flag: string, path: string, { isRead }: { readonly isRead: boolean }): void {
  if (!isRead && !existsSync(path)) return; // it is made when it is needed
  if (!lookAt(flag, path).isDirectory())
    throw new UsageError(`${flag} ${path}: a folder is wanted, and this is none`, { next });
}

function lookAt(flag: string, path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    const why = systemFailure(cause) ?? { message: `${path}: ${messageOf(cause)}`, next };
    throw new UsageError(`${flag} ${why.message}`, { cause, next: why.next });
  }
}

const next = "check the path";

/** Throws a usage error where certificates and keys that were named are not there, or cannot be used. */
export async function expectCertificates(tls: Settings["tls"], environment: Environment): Promise<void> {
  const named = [
    ["--ca", tls.caFile],
    ["--cert", tls.certFile],
    ["--key", tls.keyFile],
  ] as const;
  const files = named.flatMap(([flag, path]) => (path === undefined ? [] : [expectFile(flag, path)]));
  if (files.length === 0 || !files.every((file) => file.isFile())) return; // a pipe can be read only once
  const { loadTls } = await import("../http/connection/tls.ts");
  try {
    await loadTls({ ...tls, insecure: true }, environment); // that leaves out the system's authorities, which take time
  } catch (cause) {
    throw cause instanceof RegistryError ? asUsageError(cause) : cause;
  }
}
