import { RegistryError } from "../registry/errors.ts";
import type { Problem } from "./snapshot.ts";

/** The most problems named in one error, so that a person can repair several before the next run. */
const mostNamed = 8;

/**
 * The error (`NOT_UNDERSTOOD`) for a tree in which something could not be read or understood, so that nothing is swept.
 */
export function failsClosed(problems: readonly Problem[]): RegistryError {
  const named = problems.slice(0, mostNamed).map(({ path, says }) => `${path}: ${says}`);
  const others = problems.length > mostNamed ? ` (and ${problems.length - mostNamed} more)` : "";
  const told = `${named.join("; ")}${others}`;
  return new RegistryError("UNKNOWN", `nothing is swept, for not all of the tree is understood: ${told}`, {
    said: "NOT_UNDERSTOOD",
    next: nextFor(problems[0]),
  });
}

function nextFor(problem: Problem | undefined): string {
  if (problem?.about === "tree")
    return "look whether the store is whole and the right one: its root is what the registry's config.yml names";
  if (problem?.about === "manifest") {
    // while a registry's storage or cache has the digest, it answers 201 to a push and writes nothing
    return "if you have the image, remove that file, restart the registry and push it anew before you run again; if not, delete the manifest by its digest through the registry, which takes all its tags along";
  }
  return "push the tag or the image anew, or remove that file if nobody needs it, and run again";
}
