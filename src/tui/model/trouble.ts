import { RegistryError } from "../../registry/errors.ts";
import { messageOf } from "../../support/message-of.ts";

/** An error in words for a person; `next` is what to do about it. */
export interface Trouble {
  readonly code: string;
  readonly says: string;
  readonly next: string | undefined;
}

/** Turns any error into words. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof RegistryError) {
    const { code, said, message, next } = error;
    return { code: said ?? code, says: message, next: next ?? nextFor(code) };
  }
  return { code: "FAILED", says: messageOf(error), next: undefined };
}

/** A trouble on one line. */
export function sayTrouble({ says, next }: Trouble): string {
  return next === undefined ? says : `${says}; ${next}`;
}

function nextFor(code: string): string | undefined {
  if (code === "UNREACHABLE") return "check the host and the port, then R tries again";
  if (code === "DENIED") return "these credentials do not have the right";
  return undefined;
}
