import type { RegistryError } from "../registry/errors.ts";

/** Thrown for wrong words, flags or references, before anything is sent; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "USAGE";
  readonly next: string | undefined;

  constructor(message: string, options: { readonly next?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.next = options.next;
  }
}

/** A usage error in the words of an error from the core, for values that come from the command line. */
export function asUsageError(cause: RegistryError): UsageError {
  return new UsageError(cause.message, { cause, ...(cause.next !== undefined && { next: cause.next }) });
}

/** Thrown where a safeguard refuses before anything is changed; the exit code is 4. */
export class GuardError extends Error {
  override readonly name = "GuardError";
  readonly code: string;
  readonly next: string;

  constructor(code: string, message: string, next: string) {
    super(message);
    this.code = code;
    this.next = next;
  }
}
