/** An error of the operating system in words, with the next step. */
export interface SystemFailure {
  readonly message: string;
  readonly next: string;
}

/** Explains an error that Node reports from the operating system; undefined for any other. */
export function systemFailure(error: unknown): SystemFailure | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  const { code, path, hostname, address } = error as NodeJS.ErrnoException & { hostname?: string; address?: string };
  const found = words[String(code)];
  const what = path ?? hostname ?? address;
  if (found === undefined || what === undefined) return undefined;
  const [says, next] = found;
  return { message: `${what}: ${says}`, next };
}

const words: Readonly<Record<string, readonly [says: string, next: string]>> = {
  ENOENT: ["there is no such file or folder", "check the path"],
  EEXIST: ["something else lies there already", "check the path"],
  ENOTDIR: ["a folder is wanted, and this is none, or lies in none", "check the path"],
  EISDIR: ["a file is wanted, and this is a folder", "check the path"],
  EACCES: ["this user has no right to it", "change its owner or its mode, or name another place"],
  EPERM: ["this user has no right to it", "change its owner or its mode, or name another place"],
  EROFS: ["it lies on a disk that cannot be written", "name another place"],
  ENOSPC: ["the disk is full", "make room, or name another place"],
  EDQUOT: ["this user's share of the disk is full", "make room, or name another place"],
  EMFILE: ["too many files are open at once", "raise the limit: ulimit -n 4096"],
  ELOOP: ["its links lead in a circle", "check the path"],
  ENAMETOOLONG: ["the name is too long", "name another place"],
  ENOTFOUND: ["no such host is known", "check the name"],
  EAI_AGAIN: ["nobody answers who knows this name", "check the name, and the network"],
  EADDRNOTAVAIL: ["this machine has no such address", "name one of its own, or 127.0.0.1"],
};
