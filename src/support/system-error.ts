/** The code of an error of the operating system or of Node, such as `ENOENT`; undefined for anything without one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** True where there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

/** True where nothing can lie at a path: it is missing, or goes through a file as if that were a folder. */
export function isNoSuchPath(error: unknown): error is NodeJS.ErrnoException {
  return isMissing(error) || codeOf(error) === "ENOTDIR";
}

/** True where a folder could not go, or another not take its place, for there is something in it. */
export function isFilled(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOTEMPTY" || code === "EEXIST"; // POSIX allows either
}
