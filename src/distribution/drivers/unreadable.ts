import { RegistryError } from "../../registry/errors.ts";

/** A symbolic link whose target is not there. */
export function unreachable(link: string): RegistryError {
  return new RegistryError("UNKNOWN", `${link} is a symbolic link to what is not there`, {
    said: "NOT_REACHED",
    next: "mount or bring back what it leads to, or remove the link if nobody needs it, and run again",
  });
}
