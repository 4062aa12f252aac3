import { RegistryError } from "../../registry/errors.ts";
import { codeOf } from "../../support/system-error.ts";

/** A symbolic link whose target is not there. */
export function unreachable(link: string): RegistryError {
  return new RegistryError("UNKNOWN", `${link} is a symbolic link to what is not there`, {
    said: "NOT_REACHED",
    next: "mount or bring back what it leads to, or remove the link if nobody needs it, and run again",
  });
}

/** Why a file could not be read; the system does not say which one is a folder. */
export function readingFailure(cause: unknown, path: string): unknown {
  if (codeOf(cause) !== "EISDIR") return cause;
  return new RegistryError("UNKNOWN", `${path} is a folder where a file should be`, {
    cause,
    said: "NOT_A_FILE",
    next: "put the file back from a backup, or move that folder out of the store, restart the registry and push the image anew; then run again",
  });
}
