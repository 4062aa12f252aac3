import process from "node:process";
import { RegistryError, type RegistryErrorCode } from "../registry/errors.ts";
import { messageOf } from "../support/message-of.ts";
import { printable, printableJson } from "../support/printable.ts";
import { askedOutput } from "./asked-output.ts";
import { GuardError, UsageError } from "./errors.ts";
import { Interrupted } from "./interruption.ts";
import { chosenOutput } from "./output.ts";
import { standardError, standardOutput } from "./streams.ts";
import { systemFailure } from "./system-failure.ts";

/** Prints an error and its next step, as JSON where that was asked for, and returns the exit code. */
export async function fail(error: unknown, args: readonly string[]): Promise<number> {
  const { code, message, next } = describeFailure(error);
  const hint = message.includes(next) ? "" : `  ${next}\n`;
  if (await wantsJson(args)) standardOutput().write(`${printableJson({ error: { code, message, next } })}\n`);
  else standardError().write(`tagwise: ${message}\n${hint}`);
  if (process.env.TAGWISE_DEBUG && error instanceof Error)
    standardError().write(`${printable(error.stack ?? "").replaceAll("\\u{a}", "\n")}\n`);
  return exitCodeOf(error);
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** Describes an error in words that are safe for a terminal. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof RegistryError) {
    return {
      code: printable(error.said ?? error.code),
      message: clean(error.message),
      next: clean(error.next ?? nextFor(error)),
    };
  }
  if (error instanceof UsageError)
    return {
      code: error.code,
      message: clean(error.message),
      next: clean(error.next ?? "tagwise COMMAND --help tells more"),
    };
  if (error instanceof GuardError) return { code: error.code, message: clean(error.message), next: error.next };
  if (error instanceof Interrupted) return { code: "INTERRUPTED", message: error.message, next: "run it again" };
  const { message, next } = systemFailure(error) ?? { message: messageOf(error), next: `${lookCloser}, ${lookInside}` };
  return { code: "FAILED", message: clean(message), next };
}

function clean(text: string): string {
  return printable(text).slice(0, 2_000);
}

const lookCloser = "run it with --verbose to see each request and its answer";
const lookInside = "and with TAGWISE_DEBUG=1 to see where this came from";
const later = "try again later; the registry's own log says more, and --verbose shows each request";

/** What to do about an answer of a registry that brings no next step itself. */
function nextFor({ code, status }: RegistryError): string {
  return nextSteps[code] ?? (status >= 500 ? later : lookCloser);
}

const nextSteps: Partial<Record<RegistryErrorCode, string>> = {
  DENIED: "these credentials do not have the right; ask for pull, push and delete on the repository",
  LOCKED: "lift the registry's rule that keeps it as it is, or wait until its lock is gone",
  LOST: "try again; a slow registry may want more time: --timeout 5m",
  MANIFEST_INVALID: "push the image again; --verbose shows each request and its answer",
  TOOMANYREQUESTS: "try again later, or slower: --rate 5",
  UNAUTHORIZED: "log in with: tagwise login HOST",
  UNAVAILABLE: later,
  UNREACHABLE: "check the host and the port; --plain-http speaks http, --tls https",
  UNSUPPORTED: "see what the registry allows with: tagwise doctor HOST/REPOSITORY",
};

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2;
  if (error instanceof Interrupted) return error.exitCode;
  if (error instanceof GuardError) return 4;
  if (error instanceof RegistryError && [401, 403].includes(error.status)) return 4;
  return 1;
}

async function wantsJson(args: readonly string[]): Promise<boolean> {
  return /^jsonl?$/.test(String(chosenOutput() ?? (await askedOutput(args, process.env))));
}
